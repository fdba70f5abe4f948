"""What the settings make of an installation with TLS, and what they leave out."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.architecture.code import ROOT
from tests.environment import DEFAULTS

SECRETS = ("SECRET_KEY", "FINGERPRINT_KEY", "KEYCLOAK_CLIENT_SECRET")
ASKED = (
    *("SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"),
    *("SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"),
    *("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "DEBUG"),
    *SECRETS,
)
TWO_YEARS = 2 * 365 * 24 * 3600


def start(*without: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """A process that reads the settings: the tests' own but for these."""
    code = (
        # A .env of whoever runs the tests is none of their business.
        "import environ, json; environ.Env.read_env = lambda *_: None;"
        "from console import settings;"
        f"print(json.dumps({{n: getattr(settings, n) for n in {ASKED!r}}}))"
    )
    others = {name: text for name, text in DEFAULTS.items() if name not in without}
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**others, "SECURE_COOKIES": "True", **environ},
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )


def read_settings(*without: str, **environ: str) -> dict[str, object]:
    done = start(*without, **environ)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_over_tls_browsers_are_told_to_stay_there_for_two_years() -> None:
    found = read_settings(CONSOLE_URL="https://console.example")

    assert {name: found[name] for name in ASKED if name not in SECRETS} == {
        "SECURE_HSTS_SECONDS": TWO_YEARS,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SECURE_HSTS_PRELOAD": True,
        "SECURE_SSL_REDIRECT": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "DEBUG": False,
    }


def test_without_tls_no_browser_is_told_so() -> None:
    found = read_settings(CONSOLE_URL="http://localhost:8000")

    assert found["SECURE_HSTS_SECONDS"] == 0
    assert not found["SECURE_SSL_REDIRECT"]


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_read_from_the_file_that_a_vault_writes(
    tmp_path: Path, name: str
) -> None:
    file = tmp_path / "secret"
    file.write_text("from the vault")

    found = read_settings(name, **{f"{name}_FILE": str(file)})

    assert found[name] == "from the vault"


@pytest.mark.parametrize("name", SECRETS)
def test_without_a_secret_the_start_fails_and_names_it(name: str) -> None:
    done = start(name)

    assert done.returncode != 0
    assert name in done.stderr


def test_there_are_no_accounts_of_our_own() -> None:
    assert not {"django.contrib.auth", "django.contrib.admin"} & set(
        settings.INSTALLED_APPS
    )
    assert not [name for name in settings.MIDDLEWARE if "auth" in name.lower()]


def test_sessions_are_json_in_the_database() -> None:
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"
    assert settings.SESSION_SERIALIZER.endswith(".JSONSerializer")
