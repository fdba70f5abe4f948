"""Working off a bulk run: one client after the other, each write on record first."""

from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from apiclients.fingerprints import mark_of
from apiclients.guards import get_subject_once
from apiclients.models import BulkAction, BulkItem, BulkRun
from apiclients.services import send_deletion, send_update
from audit.models import Action, Outcome
from audit.recorder import (
    NotRecordedError,
    ObjectBusyError,
    OutcomeNotRecordedError,
    RepeatedOperationError,
    prepare,
    record_event,
)
from console import access
from console.access import Actor, RightLostError
from gateways import errors
from gateways.keycloak.models import Client, ClientChange, Roles
from gateways.transport import request_id as current_request_id

# Longer than one client takes; whoever was at it before has died, or does no harm.
LEASE = timedelta(seconds=90)

ALREADY = {
    BulkAction.DISABLE: "It is disabled already.",
    BulkAction.ENABLE: "It is enabled already.",
    BulkAction.LIFESPAN: "It has this lifespan already.",
}
CHANGED = "Somebody changed it after you chose it. Look at it, and choose it again."
GONE = "There is no such API client any more."
BUSY = "Another change of it was under way."
NO_ROLE = "You have no role for this console any more."
LOG_FULL = "It could not be recorded; this console does nothing that it cannot record."
UNEXPECTED = "Something happened that nobody expected. Tell whoever runs this console."
# What Keycloak says about one client, and not about all of them.
OF_ONE_CLIENT = (errors.NotFoundError, errors.ConflictError, errors.InvalidError)


class NotAsChosenError(Exception):
    """The client is not what the person saw; nothing was sent. Says why."""


class StopError(Exception):
    """It makes no sense to go on with the next client. Says why."""


def work_off(pk: str) -> None:
    """Do what waits, unless another worker is at it or there is nothing to do."""
    if not _claim(pk):
        return
    run = BulkRun.objects.get(pk=pk)
    token = current_request_id.set(run.request_id)
    stopped = ""
    try:
        for item in run.items.filter(state=BulkItem.State.WAITING):
            _hold(run)
            _work(run, item)
    except StopError as exc:
        stopped = str(exc)
    except Exception:
        stopped = UNEXPECTED
        raise
    finally:
        BulkRun.objects.filter(pk=pk).update(due_at=None, stopped=stopped)
        current_request_id.reset(token)


def _claim(pk: str) -> bool:
    now = timezone.now()
    due = BulkRun.objects.filter(pk=pk, due_at__lte=now)
    return bool(due.update(due_at=now + LEASE))


def _hold(run: BulkRun) -> None:
    BulkRun.objects.filter(pk=run.pk).update(due_at=timezone.now() + LEASE)


def _work(run: BulkRun, item: BulkItem) -> None:
    """One client. Raises StopError."""
    try:
        _send(run, item)
    except RepeatedOperationError:
        pass  # sent before this run was interrupted
    except NotAsChosenError as exc:
        return _note(item, BulkItem.State.NOT_SENT, str(exc))
    except ObjectBusyError:
        return _note(item, BulkItem.State.WAITING, BUSY)
    except RightLostError as exc:
        record_event(Action.ACCESS_REFUSE, actor=exc.actor, outcome=Outcome.FAILED)
        raise StopError(NO_ROLE) from exc
    except NotRecordedError as exc:
        raise StopError(LOG_FULL) from exc
    except OutcomeNotRecordedError as exc:
        _note(item, BulkItem.State.RECORDED)
        raise StopError(LOG_FULL) from exc
    except errors.GatewayError as exc:
        return _go_on_or_stop(item, exc)
    return _note(item, BulkItem.State.RECORDED)


def _send(run: BulkRun, item: BulkItem) -> None:
    """Its one write, if the client is still what the person saw."""
    prepare(_actor_of(run), item.operation)
    actor = access.confirm(_actor_of(run))
    client = get_subject_once(item.uuid, actor, item.operation).client
    wanted = _wanted(run, client)
    if wanted == ClientChange.of(client):
        raise NotAsChosenError(ALREADY[BulkAction(run.action)])
    if mark_of(client) != item.seen:
        raise NotAsChosenError(CHANGED)
    key, reason = item.operation, run.reason
    if wanted is None:
        send_deletion(client, actor=actor, operation=key, reason=reason)
    else:
        send_update(client, wanted, actor=actor, operation=key, reason=reason)


def _wanted(run: BulkRun, client: Client) -> ClientChange | None:
    """None: it is to be deleted."""
    current = ClientChange.of(client)
    if run.action == BulkAction.DELETE:
        return None
    if run.action == BulkAction.LIFESPAN:
        return replace(current, access_token_lifespan=run.access_token_lifespan)
    return replace(current, enabled=run.action == BulkAction.ENABLE)


def _actor_of(run: BulkRun) -> Actor:
    """Who confirmed it; their roles are read before each write."""
    return Actor(
        issuer=run.actor_issuer,
        subject=run.actor_subject,
        username=run.actor_username,
        name=run.actor_name,
        roles=Roles(),
        roles_read_at=0,
        address=run.address,
        request_id=run.request_id,
    )


def _go_on_or_stop(item: BulkItem, exc: errors.GatewayError) -> None:
    alone = isinstance(exc, OF_ONE_CLIENT)
    if exc.entry_id:
        _note(item, BulkItem.State.RECORDED)
    elif isinstance(exc, errors.NotFoundError):
        _note(item, BulkItem.State.NOT_SENT, GONE)
    elif alone:
        _note(item, BulkItem.State.NOT_SENT, f"{exc.service}: {exc.detail}")
    if not alone:
        raise StopError(_why(exc)) from exc


def _why(exc: errors.GatewayError) -> str:
    if isinstance(exc, errors.UnavailableError):
        return f"{exc.service} is not answering."
    if isinstance(exc, errors.OutcomeUnknownError):
        return f"{exc.service} did not answer clearly."
    return f"{exc}."


def _note(item: BulkItem, state: BulkItem.State, explanation: str = "") -> None:
    item.state, item.explanation = state, explanation[:300]
    item.save(update_fields=["state", "explanation"])
