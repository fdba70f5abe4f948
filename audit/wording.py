"""An entry as a sentence, with names as they were. Old entries always render."""

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from audit.models import Action, Record

# What follows the person's name, when it was done and when it was only tried.
SENTENCES: dict[str, tuple[str, str]] = {
    Action.SIGN_IN: ("Signed in", "Tried to sign in"),
    Action.SIGN_IN_AGAIN: ("Signed in again", "Tried to sign in again"),
    Action.SIGN_OUT: ("Signed out", "Tried to sign out"),
    Action.ACCESS_REFUSE: (
        "Was refused: no role for this console",
        "Was refused: no role for this console",
    ),
    Action.CLIENT_CREATE: ("Created {}", "Tried to create {}"),
    Action.CLIENT_UPDATE: ("Changed {}", "Tried to change {}"),
    Action.CLIENT_ENABLE: ("Enabled {}", "Tried to enable {}"),
    Action.CLIENT_DISABLE: ("Disabled {}", "Tried to disable {}"),
    Action.CLIENT_DELETE: ("Deleted {}", "Tried to delete {}"),
    Action.SECRET_SHOW: ("Showed the secret of {}", "Tried to show the secret of {}"),
    Action.SECRET_COPY: ("Copied the secret of {}", "Tried to copy the secret of {}"),
    Action.SECRET_REGENERATE: (
        "Regenerated the secret of {}",
        "Tried to regenerate the secret of {}",
    ),
    Action.ROLE_ASSIGN: (
        "Assigned permissions to {}",
        "Tried to assign permissions to {}",
    ),
    Action.ROLE_REMOVE: (
        "Removed permissions from {}",
        "Tried to remove permissions from {}",
    ),
    Action.TOKEN_DOWNLOAD: (
        "Downloaded a token of {}",
        "Tried to download a token of {}",
    ),
    Action.TOKEN_INSPECT: ("Inspected a token of {}", "Tried to inspect a token of {}"),
    Action.TOKEN_TEST: ("Tested {}", "Tried to test {}"),
    Action.TOKEN_REVOKE: (
        "Revoked the issued tokens of {}",
        "Tried to revoke the issued tokens of {}",
    ),
    Action.LIST_EXPORT: (
        "Exported the list of API clients",
        "Tried to export the list",
    ),
    Action.AUDIT_EXPORT: ("Exported the audit log", "Tried to export the audit log"),
    Action.CLUSTER_FLAGS: (
        "Changed the feature flags of cluster {}",
        "Tried to change the feature flags of cluster {}",
    ),
    Action.CLUSTER_RESTART: ("Restarted cluster {}", "Tried to restart cluster {}"),
    Action.LOG_ARCHIVE: (
        "Moved old entries of {} to an archive",
        "Tried to move old entries of {} to an archive",
    ),
    Action.OUTCOME_RELEASE: (
        "Released {} from a change of unknown outcome",
        "Tried to release {} from a change of unknown outcome",
    ),
}

CATEGORIES = {"session": "Auth", "client_secret": "Secret", "token": "Secret"}

FIELDS = {
    "client_id": "API Client ID",
    "description": "Description",
    "owner": "Owner",
    "enabled": "Enabled",
    "access_token_lifespan": "Access Token Lifespan",
    "fingerprint": "Secret fingerprint",
    "permissions": "Permissions",
    "not_before": "Tokens refused if issued before",
    "token_endpoint": "Token endpoint",
    "userinfo": "Userinfo",
    "manager": "Imply Manager API",
    "format": "Format",
    "filters": "Filters",
    "entries": "Entries",
    "update_started": "Update began",
    "resource_version": "Version of the configuration",
    "entry": "Entry of unknown outcome",
}


def sentence(record: Record, *, done: bool) -> SafeString:
    """ "Deleted etl-prod", or "Tried to delete etl-prod"."""
    forms = SENTENCES.get(record.action)
    if forms is None:
        return format_html("{} <b>{}</b>", record.action, record.object_name)
    changes = describe_changes(record.changes)
    if done and record.action == Action.CLIENT_UPDATE and len(changes) == 1:
        return _one_change(record.object_name, changes[0])
    template = forms[0] if done else forms[1]
    return format_html(template.replace("{}", "<b>{}</b>"), record.object_name)


def plain(record: Record, *, done: bool) -> str:
    """The sentence without markup and without values, for other programs."""
    forms = SENTENCES.get(record.action)
    if forms is None:
        return f"{record.action} {record.object_name}".strip()
    return (forms[0] if done else forms[1]).replace("{}", record.object_name)


def after_a_name(text: SafeString) -> SafeString:
    """ "Deleted etl-prod" as in "Bob Tanaka deleted etl-prod"."""
    # Only the case of a letter changes, so what was safe stays safe.
    return SafeString(text[:1].lower() + text[1:])


def category(record: Record) -> str:
    """Auth, Admin or Secret."""
    return CATEGORIES.get(record.action.partition(".")[0], "Admin")


def describe_changes(changes: Any) -> list[dict[str, str]]:
    """Before and after of each field, in words; what has another shape is left out."""
    if not isinstance(changes, Mapping):
        return []
    return [
        {
            "field": FIELDS.get(name, str(name)),
            "before": _value(name, changes[name].get("before")),
            "after": _value(name, changes[name].get("after")),
        }
        for name in _in_order(changes)
        if isinstance(changes[name], Mapping)
    ]


def _in_order(changes: Mapping[str, Any]) -> list[str]:
    """As FIELDS has them, and others, such as a flag, before the version.

    PostgreSQL keeps the names of JSON in an order of its own.
    """
    places = {name: float(place) for place, name in enumerate(FIELDS)}
    others = places["update_started"] - 0.5
    return sorted(changes, key=lambda name: places.get(name, others))


def _one_change(object_name: str, change: Mapping[str, str]) -> SafeString:
    return format_html(
        "Set the {} of <b>{}</b> from {} to {}",
        change["field"].lower(),
        object_name,
        change["before"] or "nothing",
        change["after"] or "nothing",
    )


def _value(name: str, value: Any) -> str:
    if name == "access_token_lifespan":
        return "organization default" if value is None else lifespan(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def lifespan(seconds: Any) -> str:
    """15 minutes, 1 hour, 90 seconds: in the largest unit that leaves no rest."""
    if not isinstance(seconds, int):
        return str(seconds)
    if seconds < 0:
        # Keycloak's meaning of a negative lifespan.
        return "as long as the session"
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds and seconds % size == 0:
            count = seconds // size
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return "0 seconds"
