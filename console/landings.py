"""Where each change leads when it is done."""

from collections.abc import Callable

from django.urls import reverse

from audit.models import Action
from audit.selectors import Entry

# Where the first sending of a form led, so that a second one ends there too.
LANDINGS: dict[str, Callable[[Entry], str]] = {
    Action.CLIENT_CREATE: lambda entry: _client_page("settings", entry),
    Action.CLIENT_UPDATE: lambda entry: _client_page("settings", entry),
    Action.CLIENT_ENABLE: lambda entry: _client_page("settings", entry),
    Action.CLIENT_DISABLE: lambda entry: _client_page("settings", entry),
    Action.CLIENT_DELETE: lambda _: reverse("apiclients:list"),
    Action.SECRET_REGENERATE: lambda entry: _client_page("credentials", entry),
    Action.CLUSTER_FLAGS: lambda entry: _setup_page(entry),
    Action.CLUSTER_RESTART: lambda entry: _setup_page(entry),
    Action.ROLE_ASSIGN: lambda entry: _client_page("permissions", entry),
    Action.ROLE_REMOVE: lambda entry: _client_page("permissions", entry),
    Action.TOKEN_REVOKE: lambda entry: _client_page("tokens", entry),
}


def _client_page(name: str, entry: Entry) -> str:
    return reverse(f"apiclients:{name}", args=[entry.object_id])


def _setup_page(entry: Entry) -> str:
    return reverse("clusters:setup", args=[entry.object_id])
