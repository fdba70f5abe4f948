"""The life of a bulk run: clients are chosen, it is confirmed, a worker takes it up.

A run that was stopped, or whose worker died, is taken up again: each of its writes has
a key of its own in the audit log, so none is ever repeated.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apiclients import tasks
from apiclients.fingerprints import mark_of
from apiclients.models import BulkItem, BulkRun, IndexedClient
from console.access import Actor

DRAFTS_EXPIRE_AFTER = timedelta(days=1)
RUNS_EXPIRE_AFTER = timedelta(days=30)


class NoneThereError(Exception):
    """None of the chosen clients is there (any more)."""


def choose_clients(uuids: Sequence[str], action: str, *, actor: Actor) -> BulkRun:
    """Keep what was ticked, as the list shows it now. Nothing is sent.

    Clients that the list does not show are left out. Raises NoneThereError.
    """
    known = IndexedClient.objects.filter(protected=False).in_bulk(uuids)
    chosen = [known[uuid] for uuid in dict.fromkeys(uuids) if uuid in known]
    if not chosen:
        raise NoneThereError
    with transaction.atomic():
        run = BulkRun.objects.create(
            action=action,
            actor_issuer=actor.issuer,
            actor_subject=actor.subject,
            actor_username=actor.username,
            actor_name=actor.name,
            **_request_of(actor),
        )
        BulkItem.objects.bulk_create(
            BulkItem(run=run, uuid=row.uuid, client_id=row.client_id, seen=mark_of(row))
            for row in chosen
        )
    return run


def start_run(run: BulkRun, confirmed: Mapping[str, Any], *, actor: Actor) -> bool:
    """Let a worker take it up. A second time: only if it was stopped, and False."""
    now = timezone.now()
    first = BulkRun.objects.filter(pk=run.pk, started_at=None).update(
        reason=confirmed.get("reason", ""),
        access_token_lifespan=confirmed.get("lifespan"),
        started_at=now,
        due_at=now,
        **_request_of(actor),
    )
    if first:
        tasks.work_off_bulk_run.enqueue(str(run.pk))
    else:
        resume_run(run, actor=actor)
    return bool(first)


def resume_run(run: BulkRun, *, actor: Actor) -> bool:
    """Take up again what was not sent, unless somebody is at it."""
    now = timezone.now()
    idle = Q(due_at=None) | Q(due_at__lt=now)
    taken_up = _unfinished().filter(idle, pk=run.pk)
    if not taken_up.update(due_at=now, stopped="", **_request_of(actor)):
        return False
    tasks.work_off_bulk_run.enqueue(str(run.pk))
    return True


def resume_abandoned_runs() -> None:
    """Those that are due and that no worker is at: the last one may have died."""
    for pk in _unfinished().filter(due_at__lt=timezone.now()).values_list("pk"):
        tasks.work_off_bulk_run.enqueue(str(pk[0]))


def forget_old_runs() -> None:
    """What was never confirmed, and what is long over. The audit log keeps the rest."""
    now = timezone.now()
    drafts = Q(started_at=None, chosen_at__lt=now - DRAFTS_EXPIRE_AFTER)
    over = Q(due_at=None, started_at__lt=now - RUNS_EXPIRE_AFTER)
    BulkRun.objects.filter(drafts | over).delete()


def _unfinished() -> Any:
    waiting = BulkItem.objects.filter(state=BulkItem.State.WAITING)
    return BulkRun.objects.filter(
        started_at__isnull=False, pk__in=waiting.values("run_id")
    )


def _request_of(actor: Actor) -> dict[str, str]:
    """By which request it is done, for the audit log."""
    return {"address": actor.address, "request_id": actor.request_id}
