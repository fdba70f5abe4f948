"""What `manage.py check --deploy` says of an installation, besides Django's own."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Info, Tags, register

from gateways import configured
from gateways.client_authentication import is_private_key, read_private_key
from gateways.errors import GatewayError
from gateways.keycloak.advisories import AS_OF, Version, known_against

KEYS = ("SECRET_KEY", "FINGERPRINT_KEY")
SHORTEST = 50  # characters, as Django asks of SECRET_KEY
FEWEST = 10  # different characters
KNOWN_TO_ALL = ("change-me", "demonstration-only", "only-for-tests", "django-insecure")
ADDRESSES = ("CONSOLE_URL", "KEYCLOAK_URL", "IMPLY_MANAGER_URL")


@register(Tags.security, deploy=True)
def check_keys(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001
    **_: Any,
) -> list[CheckMessage]:
    return list(_weak_keys())


@register(Tags.security, deploy=True)
def check_addresses(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001
    **_: Any,
) -> list[CheckMessage]:
    return [
        Error(
            f"{name} is not https.",
            hint="Secrets and tokens go over it.",
            id="console.E003",
        )
        for name in ADDRESSES
        if urlsplit(getattr(settings, name)).scheme not in {"https", ""}
    ]


@register(Tags.security, deploy=True)
def check_service_account(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001
    **_: Any,
) -> list[CheckMessage]:
    """Asks Keycloak for a token of the console's own."""
    try:
        roles = configured.read_own_roles()
    except (GatewayError, ValueError) as exc:
        reason = f"The roles of the service account could not be read: {exc}."
        return [checks.Warning(reason, id="console.W001")]
    missing = [
        Error(
            f"The console's service account lacks {role} of realm-management.",
            hint="Assign it in Keycloak: Clients, its client, Service account roles.",
            id="console.E004",
        )
        for role in roles.missing
    ]
    spare = [
        checks.Warning(
            f"The console's service account has {role}, which it does not need.",
            hint="Take it away in Keycloak: who takes over the console gets it too.",
            id="console.W002",
        )
        for role in roles.spare
    ]
    return [*missing, *spare]


@register(Tags.security, deploy=True)
def check_keycloak_version(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001
    **_: Any,
) -> list[CheckMessage]:
    """By what the operator says: Keycloak does not tell an account like ours."""
    if not settings.KEYCLOAK_VERSION:
        return [
            Info(
                "Which version of Keycloak is connected is not known.",
                hint="Name it in KEYCLOAK_VERSION, to hear what is known against it.",
                id="console.I001",
            )
        ]
    try:
        version = Version.parse(settings.KEYCLOAK_VERSION)
    except ValueError:
        wrong = "KEYCLOAK_VERSION is no version of Keycloak, such as 26.8.1."
        return [Error(wrong, id="console.E005")]
    return [
        checks.Warning(
            f"Keycloak {settings.KEYCLOAK_VERSION} has {each.id}: {each.what}.",
            hint=f"Closed in {', '.join(each.closed_in)} (as known on {AS_OF}).",
            id="console.W003",
        )
        for each in known_against(version)
    ]


def _weak_keys() -> Iterator[CheckMessage]:
    for name in KEYS:
        value = getattr(settings, name)
        if len(value) < SHORTEST or len(set(value)) < FEWEST:
            yield _weak(name, "is too short or too plain")
    for name in (*KEYS, "KEYCLOAK_CLIENT_SECRET"):
        if getattr(settings, name).startswith(KNOWN_TO_ALL):
            yield _weak(name, "is one that everybody knows")
    if settings.SECRET_KEY == settings.FINGERPRINT_KEY:
        yield _weak("FINGERPRINT_KEY", "is the same as SECRET_KEY")
    if is_private_key(settings.KEYCLOAK_CLIENT_SECRET):
        try:
            read_private_key(settings.KEYCLOAK_CLIENT_SECRET)
        except ValueError as exc:
            yield Error(f"KEYCLOAK_CLIENT_SECRET is {exc}.", id="console.E002")


def _weak(name: str, what: str) -> CheckMessage:
    return Error(
        f"{name} {what}.",
        hint="python -c 'import secrets; print(secrets.token_urlsafe(50))' makes one.",
        id="console.E001",
    )
