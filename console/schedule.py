"""What runs how often: the scheduler enqueues what is due, workers run it."""

from dataclasses import dataclass

from django.conf import settings
from django.core.management import call_command
from django_tasks import task
from django_tasks.base import Task

from apiclients.tasks import synchronise


@dataclass(frozen=True, slots=True)
class Job:
    """A task and its period in minutes; `at_start`: at once as well."""

    task: Task[[], None]
    minutes: int
    at_start: bool = False


@task()
def tidy_up() -> None:
    """Drop sessions that have ended, and what workers finished long ago."""
    call_command("clearsessions")
    call_command("prune_db_task_results")


def list_jobs() -> list[Job]:
    return [
        Job(synchronise, settings.SYNC_EVERY_MINUTES, at_start=True),
        Job(tidy_up, 24 * 60),
    ]
