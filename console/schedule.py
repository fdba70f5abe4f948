"""What runs how often: the scheduler enqueues what is due, workers run it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.management import call_command
from django_tasks import task
from django_tasks.base import Task

from apiclients.bulk.runs import forget_old_runs, resume_abandoned_runs
from apiclients.login_events import forget_old_days
from apiclients.tasks import read_login_events, synchronise
from audit.locks import has_lost as has_lost_outcomes
from audit.tasks import (
    forward_records,
    settle_outcomes,
    sign_checkpoint,
    verify_all_records,
    verify_new_records,
)
from clusters.tasks import read_clusters
from console import limits
from console.auth import back_channel, sessions


@dataclass(frozen=True, slots=True)
class Job:
    """A task and its period in minutes, or in seconds; `at_start`: at once as well.

    What runs often says whether there is anything to do, so that it fills no queue.
    """

    task: Task[[], None]
    minutes: int = 0
    at_start: bool = False
    seconds: int = 0
    is_wanted: Callable[[], bool] = lambda: True


@task()
def tidy_up() -> None:
    """Drop what is over: sessions, finished tasks, days long past."""
    call_command("clearsessions")
    sessions.forget_ended()
    back_channel.forget_used_tokens()
    limits.forget_old_windows()
    call_command("prune_db_task_results")
    forget_old_days()
    forget_old_runs()


@task()
def resume_bulk_runs() -> None:
    """Whose worker died in the middle."""
    resume_abandoned_runs()


def list_jobs() -> list[Job]:
    return [
        Job(synchronise, settings.SYNC_EVERY_MINUTES, at_start=True),
        Job(read_login_events, 1, at_start=True),
        Job(forward_records, 1, at_start=True),
        Job(read_clusters, settings.SYNC_EVERY_MINUTES, at_start=True),
        Job(settle_outcomes, seconds=10, is_wanted=has_lost_outcomes),
        Job(sign_checkpoint, 3),
        Job(verify_new_records, 5, at_start=True),
        Job(verify_all_records, 24 * 60),
        Job(resume_bulk_runs, 1, at_start=True),
        Job(tidy_up, 24 * 60),
    ]
