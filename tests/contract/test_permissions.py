"""Which role each call needs, and how a caller without it is refused."""

import pytest

from gateways.errors import AccessDeniedError, CredentialsRefusedError, NotFoundError
from gateways.keycloak.client_tokens import FixedToken
from gateways.keycloak.clients import ClientGateway
from gateways.keycloak.events import EventGateway
from gateways.keycloak.models import AccessToken
from gateways.keycloak.realm import RealmGateway
from gateways.keycloak.role_mappings import RoleMappingGateway
from gateways.keycloak.roles import RoleGateway
from gateways.transport import Transport
from tests.contract.support import (
    CONSOLE_ID,
    EMPTY,
    INTENT,
    REALM,
    SERVICE,
    UNKNOWN_UUID,
    MakeClient,
    Upstream,
    recently,
)

UNAUTHORIZED = {"error": "HTTP 401 Unauthorized"}
FORBIDDEN = {"error": "HTTP 403 Forbidden"}
NOT_FOUND = {"error": "Could not find client"}

# Each call by name: method and path, with {own} the console's client, {user} a user.
CALLS = {
    "list clients": "GET clients",
    "read client": "GET clients/{own}",
    "read nobody": f"GET clients/{UNKNOWN_UUID}",
    "read secret": "GET clients/{own}/client-secret",
    "read account": "GET clients/{own}/service-account-user",
    "list own roles": "GET clients/{own}/roles",
    "list roles": "GET roles",
    "list members": "GET roles/audit-reader/users",
    "read mappings": "GET users/{user}/role-mappings",
    "read user nobody": f"GET users/{UNKNOWN_UUID}",
    "list people": "GET users",
    "read events": "GET events",
    "delete nobody": f"DELETE clients/{UNKNOWN_UUID}",
}
# Those that each role opens, and those that then say 404; all others are forbidden.
OPENED: dict[str, tuple[set[str], set[str]]] = {
    "view-clients": (
        {"list clients", "read client", "read secret", "read account"}
        | {"list own roles"},
        {"read nobody", "delete nobody"},
    ),
    "manage-clients": (
        {"list clients", "read client", "read secret", "read account"}
        | {"list own roles"},
        {"read nobody", "delete nobody"},
    ),
    "query-clients": ({"list clients"}, {"read nobody", "delete nobody"}),
    "view-users": ({"read mappings", "list people"}, {"read user nobody"}),
    "manage-users": ({"read mappings", "list people"}, {"read user nobody"}),
    "query-users": ({"list people"}, {"read user nobody"}),
    "view-realm": ({"list roles"}, set()),
    "view-events": ({"read events"}, set()),
}


def transport(upstream: Upstream, token: str) -> Transport:
    fixed = FixedToken(SERVICE, AccessToken(token))
    return Transport(SERVICE, upstream.base_url, token=fixed)


@pytest.fixture
def powerless(upstream: Upstream, make_client: MakeClient) -> str:
    """A token of a client that holds no admin role."""
    return upstream.token_of(make_client())


@pytest.mark.parametrize("role", OPENED)
def test_what_a_role_opens(
    upstream: Upstream, make_client: MakeClient, role: str
) -> None:
    client = make_client()
    upstream.give_roles(client, realm_management=[role])
    token = upstream.token_of(client)
    user = upstream.clients.get_service_account_id(client.uuid)
    own = upstream.client(CONSOLE_ID).uuid
    opened, missing = OPENED[role]

    statuses = {}
    for name, call in CALLS.items():
        method, path = call.format(own=own, user=user).split(" ")
        params = {"max": 1} if name.startswith("list") else None
        answer = upstream.admin(method, *path.split("/"), token=token, params=params)
        statuses[name] = answer.status_code

    assert statuses == {
        name: 200 if name in opened else 404 if name in missing else 403
        for name in CALLS
    }


@pytest.mark.parametrize("call", CALLS)
def test_without_a_role_everything_is_forbidden(
    upstream: Upstream, powerless: str, call: str
) -> None:
    own = upstream.client(CONSOLE_ID).uuid
    user = upstream.user_id("visitor")
    method, path = CALLS[call].format(own=own, user=user).split(" ")

    answer = upstream.admin(method, *path.split("/"), token=powerless)

    assert (answer.status_code, answer.json()) == (403, FORBIDDEN)


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", ""], ids=repr)
def test_a_bad_token_is_unauthorized(upstream: Upstream, token: str) -> None:
    answer = upstream.admin("GET", "clients", token=token)

    assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)


def test_a_token_with_another_signature_is_unauthorized(upstream: Upstream) -> None:
    head, claims, _ = upstream.console_token.value().split(".")

    answer = upstream.admin("GET", "clients", token=f"{head}.{claims}.AAAA")

    assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)


def test_a_token_of_a_disabled_client_is_unauthorized(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    upstream.give_roles(client, realm_management=["view-clients"])
    token = upstream.token_of(client)
    before = upstream.admin("GET", "clients", client.uuid, token=token).status_code

    body = {"enabled": False, "serviceAccountsEnabled": True}
    upstream.admin("PUT", "clients", client.uuid, json=body)

    after = upstream.admin("GET", "clients", client.uuid, token=token)
    assert before == 200
    assert (after.status_code, after.json()) == (401, UNAUTHORIZED)


def test_the_gateways_name_a_missing_role(upstream: Upstream, powerless: str) -> None:
    http = transport(upstream, powerless)
    clients = ClientGateway(http, realm=REALM)
    roles = RoleGateway(http, realm=REALM)
    mappings = RoleMappingGateway(http, realm=REALM)
    events = EventGateway(http, realm=REALM)
    (role, *_) = upstream.roles.list_realm_roles()
    own = upstream.client(CONSOLE_ID)
    user = upstream.user_id("visitor")

    for call in (
        lambda: next(clients.iter_pages()),
        lambda: clients.find_client(CONSOLE_ID),
        lambda: clients.get_client(own.uuid),
        lambda: clients.create_client("x", EMPTY, intent=INTENT),
        lambda: clients.update_client(own, EMPTY),
        lambda: clients.set_not_before(own, 0),
        lambda: clients.delete_client(own.uuid),
        lambda: clients.read_secret(own.uuid),
        lambda: clients.regenerate_secret(own.uuid),
        lambda: clients.get_service_account_id(own.uuid),
        lambda: roles.get_effective_roles(user, through_client=own.uuid),
        lambda: roles.list_composite_roles(),
        lambda: roles.list_client_roles(own.uuid),
        lambda: list(roles.iter_realm_role_members("audit-reader")),
        lambda: mappings.list_roles(user),
        lambda: mappings.map_roles(user, [role]),
        lambda: mappings.unmap_roles(user, [role]),
        lambda: events.keeps_logins(),
        lambda: next(events.iter_pages(recently())),
        lambda: RealmGateway(http, realm=REALM).get_defaults(),
    ):
        with pytest.raises(AccessDeniedError) as caught:
            call()
        assert caught.value.status == 403


def test_the_gateways_name_a_refused_token(upstream: Upstream) -> None:
    clients = ClientGateway(transport(upstream, "nonsense"), realm=REALM)

    with pytest.raises(CredentialsRefusedError) as caught:
        clients.delete_client(UNKNOWN_UUID)

    assert caught.value.status == 401


def test_who_may_only_ask_for_clients_gets_an_empty_list(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    upstream.give_roles(client, realm_management=["query-clients"])
    http = transport(upstream, upstream.token_of(client))
    clients = ClientGateway(http, realm=REALM)

    assert list(clients.iter_pages()) == []
    assert clients.find_client(CONSOLE_ID) is None
    with pytest.raises(NotFoundError):
        clients.get_client(UNKNOWN_UUID)
    with pytest.raises(AccessDeniedError):
        clients.get_client(client.uuid)


def test_who_may_only_view_clients_reads_their_secrets(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    upstream.give_roles(client, realm_management=["view-clients"])
    clients = ClientGateway(transport(upstream, upstream.token_of(client)), realm=REALM)

    assert clients.read_secret(client.uuid).value == upstream.secret_of(client)
    with pytest.raises(AccessDeniedError):
        clients.regenerate_secret(client.uuid)
    with pytest.raises(AccessDeniedError):
        clients.update_client(client, EMPTY)
    with pytest.raises(AccessDeniedError):
        clients.delete_client(client.uuid)


def test_effective_roles_need_the_right_to_view_people(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    upstream.give_roles(client, realm_management=["view-clients"])
    user = upstream.user_id("visitor")
    path = ("clients", client.uuid, "evaluate-scopes", "generate-example-access-token")

    answer = upstream.admin(
        "GET", *path, token=upstream.token_of(client), params={"userId": user}
    )

    assert answer.status_code == 403
    assert answer.json() == {"error": "You have no access to this user"}


def test_people_have_no_admin_power(upstream: Upstream, powerless: str) -> None:
    user = upstream.user_id("account-admin")
    own = upstream.client(CONSOLE_ID).uuid

    roles = upstream.roles.get_effective_roles(user, through_client=own)

    assert not [role for owner, role in roles.client if owner == "realm-management"]
