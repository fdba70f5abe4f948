"""What strangers and scanners try: paths, hosts, the same parameter twice."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import make_indexed_client
from tests.sandbox_control import SandboxControl, new_operation
from tests.screens.apiclients.listing import LIST, ids, open_list
from tests.screens.records import only_entry

UUID = "5e0fd8ea-0000-4000-8000-000000000001"
PATHS = (
    *("/.git/config", "/.git/HEAD", "/.gitignore", "/.env", "/.env.local", "/.svn/"),
    *("/.hg/", "/.htaccess", "/.htpasswd", "/.DS_Store", "/.aws/credentials"),
    *("/.ssh/id_rsa", "/.well-known/security.txt", "/.vscode/settings.json"),
    *("/manage.py", "/requirements.txt", "/pyproject.toml", "/Procfile", "/Makefile"),
    *("/console/settings.py", "/gunicorn.conf.py", "/var/console.sqlite3"),
    *("/db.sqlite3", "/backup.sql", "/dump.sql.gz", "/backup.zip", "/console.tar.gz"),
    *("/static/", "/static/../.env", "/static/%2e%2e/.env"),
    *("/static/css/console.css.map", "/media/", "/uploads/", "/templates/base.html"),
    *("/admin/", "/admin/login/", "/login", "/accounts/login/", "/user", "/users/"),
    *("/wp-login.php", "/wp-admin/", "/xmlrpc.php", "/index.php", "/phpinfo.php"),
    *("/server-status", "/actuator/env", "/actuator/health", "/debug/", "/__debug__/"),
    *("/console/", "/api/", "/api/v1/clusters", "/graphql", "/swagger.json"),
    *("/openapi.json", "/robots.txt", "/sitemap.xml", "/favicon.ico"),
    *("/auth/admin/realms/", "/_sandbox/health", "/cgi-bin/test", "/proc/self/environ"),
    *("/clients/x.css", "/api-clients/x.css", f"/api-clients/{UUID}/x.css"),
    *(f"/api-clients/{UUID}.json", f"/api-clients/{UUID}/credentials/x.js"),
    *("/audit/1.csv", "/audit/x.css", "/metrics/", "/healthz/", "/%2e%2e/%2e%2e/etc"),
)
HOSTS = (
    *("evil.example", "testserver.evil.example", "evil.example:80", "testserver@evil"),
    *("testserver:80@evil.example", "evil.example#testserver", "testserver,evil"),
    *(".testserver", "*.testserver", "test server", "testserver\\.evil", "[::1"),
    *("127.0.0.1.evil.example", "%74estserver", "testserver/evil", "http://testserver"),
)


def test_there_are_enough_of_them() -> None:
    assert len(set(PATHS)) >= 60


@pytest.mark.parametrize("path", PATHS)
def test_a_path_that_scanners_try_is_not_there(
    admin: Client, keycloak: SandboxControl, path: str
) -> None:
    for browser in (Client(), admin):
        response = browser.get(path)

        assert response.status_code == 404
        if not path.startswith("/static/"):
            assert "no-store" in response["Cache-Control"]
    assert keycloak.calls() == []


@pytest.mark.parametrize("host", HOSTS)
def test_a_hostile_host_is_refused_and_not_repeated(db: None, host: str) -> None:
    for address in ("/", "/sign-in/", "/nothing/", "/healthz"):
        response = Client().get(address, headers={"Host": host})

        assert response.status_code == 400
        assert host not in response.text
        assert "Location" not in response


def test_a_forwarded_host_changes_nothing(db: None) -> None:
    names = (
        "X-Forwarded-Host",
        "X-Host",
        "X-Original-URL",
        "X-Rewrite-URL",
        "Forwarded",
    )
    response = Client().get("/audit/", headers=dict.fromkeys(names, "evil.example"))

    assert response["Location"] == "/sign-in/?next=%2Faudit%2F"


def test_of_a_parameter_that_comes_twice_the_last_one_counts(
    admin: Client, keycloak: SandboxControl
) -> None:
    make_indexed_client("svc-on", enabled=True)
    make_indexed_client("svc-off", enabled=False)

    found = open_list(admin, f"{LIST}?status=disabled&status=enabled")

    assert ids(found) == ["svc-on"]


def test_of_a_field_that_comes_twice_the_same_value_is_sent_and_recorded(
    admin: Client, keycloak: SandboxControl
) -> None:
    twice = {
        "client_id": ["svc-one", "svc-two"],
        "description": ["First", "Second"],
        "lifespan_choice": "default",
        "operation": [new_operation(), new_operation()],
    }

    response = admin.post(reverse("apiclients:create"), twice)

    assert response.status_code == 302
    assert len(keycloak.writes()) == 1
    entry = only_entry()
    assert entry.record.object_name == "svc-two"
    changed = {c["field"]: c["after"] for c in entry.changes}
    assert changed["Description"] == "Second"
    assert "Second" in admin.get(response["Location"]).text
