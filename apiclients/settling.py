"""What Keycloak says of a change of an API client whose outcome was lost.

Only reads. Each tells whether the change happened; where it cannot, what a person
should look at.
"""

from datetime import timedelta
from typing import Any

from apiclients import synchronisation
from apiclients.catalogue import label
from apiclients.fingerprints import fingerprint
from apiclients.permission_counts import note_count
from apiclients.token_services import in_words
from audit.models import Action, Record
from audit.reconciling import Finding, Loss, Verdict, settles
from audit.selectors import is_known_secret
from gateways import configured
from gateways.errors import NotFoundError
from gateways.keycloak.models import INTENT, Client, ClientChange

# How far the clocks of Keycloak and of this console may be apart, and how long a
# request may take to be executed after nobody waited for its answer any more.
CLOCKS = timedelta(seconds=30)

HAPPENED = Verdict.HAPPENED
DID_NOT_HAPPEN = Verdict.DID_NOT_HAPPEN
NEEDS_PERSON = Verdict.NEEDS_PERSON
GONE = Finding(
    NEEDS_PERSON,
    "The API client is not there any more, so nobody can tell. If it was meant to go, "
    "there is nothing left to check.",
)


@settles(Action.CLIENT_CREATE)
def was_created(loss: Loss) -> Finding:
    """By the marker: another client may have got the same id meanwhile."""
    client = configured.clients().find_client(loss.intent.object_name)
    if client is None:
        return Finding(DID_NOT_HAPPEN, "Keycloak has no client with this ID.")
    if client.representation["attributes"].get(INTENT) != str(loss.intent.operation):
        return Finding(
            DID_NOT_HAPPEN,
            "The client that has this ID now was made by another change.",
        )
    synchronisation.refresh_client(client, protected=False)
    note_count(client.uuid, 0)
    return Finding(
        HAPPENED, "The client that this change made was found.", object_id=client.uuid
    )


@settles(Action.CLIENT_DELETE)
def was_deleted(loss: Loss) -> Finding:
    """By the uuid: the id may have been given to another client meanwhile."""
    if _find(loss.intent) is None:
        return Finding(HAPPENED, "Keycloak does not know the client any more.")
    return Finding(DID_NOT_HAPPEN, "The client is still there.")


@settles(Action.CLIENT_UPDATE, Action.CLIENT_ENABLE, Action.CLIENT_DISABLE)
def was_updated(loss: Loss) -> Finding:
    client = _find(loss.intent)
    if client is None:
        return GONE
    now = ClientChange.of(client)
    changes: dict[str, Any] = loss.intent.changes
    return _compare(
        {name: getattr(now, name) for name in changes},
        before={name: change["before"] for name, change in changes.items()},
        after={name: change["after"] for name, change in changes.items()},
    )


@settles(Action.TOKEN_REVOKE)
def were_tokens_revoked(loss: Loss) -> Finding:
    client = _find(loss.intent)
    if client is None:
        return GONE
    change = loss.intent.changes["not_before"]
    return _compare(
        client.not_before and in_words(client.not_before),
        before=change["before"],
        after=change["after"],
    )


@settles(Action.SECRET_REGENERATE)
def was_regenerated(loss: Loss) -> Finding:
    """By the secret's fingerprint, and by when Keycloak says that it made it."""
    client = _find(loss.intent)
    if client is None:
        return GONE
    now = fingerprint(configured.clients().read_secret(client.uuid))
    change = loss.intent.changes["fingerprint"]
    if now == change["before"]:
        return Finding(DID_NOT_HAPPEN, "The client has the same secret as before.")
    if is_known_secret(client.uuid, now):
        return Finding(DID_NOT_HAPPEN, "The client has a secret that is older.")
    made_at = client.secret_created_at
    begun, over = loss.intent.at - CLOCKS, loss.lost_at + CLOCKS
    if made_at and begun <= made_at <= over:
        return Finding(
            HAPPENED,
            "The client has another secret, which was made at that time.",
            changes={"fingerprint": {**change, "after": now}},
        )
    return Finding(
        NEEDS_PERSON,
        "The client has another secret, but Keycloak does not say that it was made at "
        "that time. Ask who else regenerated it, and look under Credentials.",
    )


@settles(Action.ROLE_ASSIGN, Action.ROLE_REMOVE)
def were_roles_mapped(loss: Loss) -> Finding:
    """All the roles of one call are mapped, or none."""
    client = _find(loss.intent)
    if client is None:
        return GONE
    change = loss.intent.changes["permissions"]
    wanted = set(change["after"] or ())
    named = wanted | set(change["before"] or ())
    account = configured.clients().get_service_account_id(client.uuid)
    mapped = configured.role_mappings().list_roles(account)
    held = named & {label(role.client_id, role.name) for role in mapped}
    return _compare(held, before=set(change["before"] or ()), after=wanted)


def _find(intent: Record) -> Client | None:
    """The client now. What the list says of it follows at once."""
    try:
        client = configured.clients().get_client(intent.object_id)
    except NotFoundError:
        synchronisation.forget_client(intent.object_id)
        return None
    synchronisation.refresh_client(client, protected=False)
    return client


def _compare(now: Any, *, before: Any, after: Any) -> Finding:
    if now == after:
        return Finding(HAPPENED, "Keycloak has the values that this change set.")
    if now == before:
        return Finding(DID_NOT_HAPPEN, "Keycloak has the values from before.")
    return Finding(
        NEEDS_PERSON,
        "Keycloak has neither the values from before nor those of this change, so "
        "somebody else changed them. Compare the API client with the values below.",
    )
