"""What `manage.py check --deploy` says of an installation."""

import subprocess
import sys
from typing import Any

import pytest
from django.core.checks import CheckMessage
from joserfc.jwk import RSAKey
from pytest_django.fixtures import Settings

from console import checks
from gateways import configured
from gateways.errors import UnavailableError
from gateways.keycloak.own_roles import OwnRoles
from tests.environment import DEFAULTS
from tests.sandbox_control import SandboxControl
from tools.keycloak import ROOT

HOLE = "view-clients is enough to read client secrets."
STRONG = "kD8-s0me.Rand0m/Characters_that+no=body~knows!2026-"


@pytest.fixture
def safe(settings: Settings) -> Settings:
    """An installation of which there is nothing to say."""
    settings.SECRET_KEY, settings.FINGERPRINT_KEY = f"{STRONG}1", f"{STRONG}2"
    settings.KEYCLOAK_CLIENT_SECRET = f"{STRONG}3"
    settings.CONSOLE_URL = "https://console.example.com"
    settings.KEYCLOAK_URL = "https://id.example.com/auth"
    return settings


def said(messages: list[CheckMessage]) -> list[str]:
    return [str(message.msg) for message in messages]


def test_of_a_safe_installation_there_is_nothing_to_say(safe: Settings) -> None:
    assert checks.check_keys(None) == []
    assert checks.check_addresses(None) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too short or too plain."),
        ({"FINGERPRINT_KEY": "a" * 80}, "FINGERPRINT_KEY is too short or too plain."),
        (
            {"SECRET_KEY": f"change-me-{STRONG}"},
            "SECRET_KEY is one that everybody knows.",
        ),
        (
            {"KEYCLOAK_CLIENT_SECRET": "demonstration-only"},
            "KEYCLOAK_CLIENT_SECRET is one that everybody knows.",
        ),
        (
            {"FINGERPRINT_KEY": f"{STRONG}1"},
            "FINGERPRINT_KEY is the same as SECRET_KEY.",
        ),
        (
            {"KEYCLOAK_CLIENT_SECRET": "-----BEGIN nonsense"},
            "KEYCLOAK_CLIENT_SECRET is not an RSA or P-256 private key in PEM.",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_weak_key_is_named(
    safe: Settings, changes: dict[str, str], message: str
) -> None:
    for name, value in changes.items():
        setattr(safe, name, value)

    assert said(checks.check_keys(None)) == [message]


def test_a_private_key_is_a_good_secret(safe: Settings) -> None:
    safe.KEYCLOAK_CLIENT_SECRET = (
        RSAKey.generate_key(2048).as_pem(private=True).decode()
    )

    assert checks.check_keys(None) == []


@pytest.mark.parametrize("name", ["CONSOLE_URL", "KEYCLOAK_URL", "IMPLY_MANAGER_URL"])
def test_an_address_without_tls_is_named(safe: Settings, name: str) -> None:
    setattr(safe, name, "http://id.example.com")

    assert said(checks.check_addresses(None)) == [f"{name} is not https."]


def test_roles_that_are_missing_or_spare_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = OwnRoles(missing=["view-events"], spare=["manage-realm"])
    monkeypatch.setattr(configured, "read_own_roles", lambda: own)

    assert said(checks.check_service_account(None)) == [
        "The console's service account lacks view-events of realm-management.",
        "The console's service account has manage-realm, which it does not need.",
    ]


def test_the_demonstrations_service_account_has_what_it_needs(
    keycloak: SandboxControl,
) -> None:
    assert checks.check_service_account(None) == []


def test_a_role_too_many_is_seen_in_the_token(keycloak: SandboxControl) -> None:
    keycloak.give_roles(
        "service-account-api-client-console",
        client={"realm-management": ["manage-realm"]},
    )

    assert said(checks.check_service_account(None)) == [
        "The console's service account has manage-realm, which it does not need."
    ]


def test_keycloak_away_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> OwnRoles:
        raise UnavailableError("Keycloak", "no answer")

    monkeypatch.setattr(configured, "read_own_roles", away)

    assert [m.id for m in checks.check_service_account(None)] == ["console.W001"]


@pytest.fixture
def deployed() -> dict[str, Any]:
    """The environment of an installation as it should be; Keycloak is elsewhere."""
    return {
        **DEFAULTS,
        "DJANGO_SETTINGS_MODULE": "console.settings",
        "SECRET_KEY": f"{STRONG}1",
        "FINGERPRINT_KEY": f"{STRONG}2",
        "KEYCLOAK_CLIENT_SECRET": f"{STRONG}3",
        "ALLOWED_HOSTS": "console.example.com",
        "CONSOLE_URL": "https://console.example.com",
        "KEYCLOAK_URL": "https://localhost:9/auth",
        "SECURE_COOKIES": "True",
        "TRUSTED_PROXIES": "1",
        "PATH": "/usr/bin:/bin",
    }


def test_django_has_nothing_to_say_of_our_settings(deployed: dict[str, Any]) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy"],
        cwd=ROOT,
        env=deployed,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "security.W" not in done.stderr
    assert "console.E" not in done.stderr
    assert "console.W001" in done.stderr  # there is nobody at this address


@pytest.mark.parametrize(
    ("version", "messages"),
    [
        ("", ["Which version of Keycloak is connected is not known."]),
        ("26.8.1", []),
        ("nightly", ["KEYCLOAK_VERSION is no version of Keycloak, such as 26.8.1."]),
        (
            "26.7.4",
            ["Keycloak 26.7.4 has CVE-2026-89298: " + HOLE],
        ),
    ],
)
def test_what_is_known_against_keycloak_is_named(
    safe: Settings, version: str, messages: list[str]
) -> None:
    safe.KEYCLOAK_VERSION = version

    found = checks.check_keycloak_version(None)

    assert said(found) == messages


def test_a_known_hole_says_what_closes_it(safe: Settings) -> None:
    safe.KEYCLOAK_VERSION = "26.7.4"

    (found,) = checks.check_keycloak_version(None)

    assert found.id == "console.W003"
    assert found.hint == "Closed in 26.6.8, 26.7.5 (as known on 2026-11-03)."
