"""What the settings make of an installation with TLS, and what they leave out."""

import json
import subprocess
import sys

from django.conf import settings

from tests.architecture.code import ROOT
from tests.environment import DEFAULTS

ASKED = (
    *("SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"),
    *("SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"),
    *("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "DEBUG"),
)
TWO_YEARS = 2 * 365 * 24 * 3600


def read_settings(**environ: str) -> dict[str, object]:
    """As a process reads them that starts with these variables."""
    code = (
        "import json; from console import settings;"
        f"print(json.dumps({{n: getattr(settings, n) for n in {ASKED!r}}}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**DEFAULTS, "SECURE_COOKIES": "True", **environ},
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_over_tls_browsers_are_told_to_stay_there_for_two_years() -> None:
    assert read_settings(CONSOLE_URL="https://console.example") == {
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


def test_there_are_no_accounts_of_our_own() -> None:
    assert not {"django.contrib.auth", "django.contrib.admin"} & set(
        settings.INSTALLED_APPS
    )
    assert not [name for name in settings.MIDDLEWARE if "auth" in name.lower()]


def test_sessions_are_json_in_the_database() -> None:
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"
    assert settings.SESSION_SERIALIZER.endswith(".JSONSerializer")
