"""Enqueue what is due, until stopped."""

import signal
from typing import Any

from apscheduler.schedulers.blocking import BlockingScheduler
from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection

from console.schedule import Job, list_jobs

LOCK = 7_402_113  # any number, the same in every scheduler of one database


class Command(BaseCommand):
    help = "Enqueues periodic tasks. On PostgreSQL any number may run: one is active."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        scheduler = BlockingScheduler(timezone="UTC")
        for job in list_jobs():
            period = {"minutes": job.minutes, "seconds": job.seconds}
            scheduler.add_job(_enqueue, "interval", [job], coalesce=True, **period)
        signal.signal(signal.SIGTERM, lambda *_: scheduler.shutdown(wait=False))
        _wait_to_be_the_active_one()
        for job in list_jobs():
            if job.at_start:
                job.task.enqueue()
        try:
            scheduler.start()
        except KeyboardInterrupt:
            scheduler.shutdown(wait=False)


def _enqueue(job: Job) -> None:
    """Runs in the scheduler's own threads, each with a connection of its own."""
    close_old_connections()
    if job.is_wanted():
        job.task.enqueue()


def _wait_to_be_the_active_one() -> None:
    """Held by this connection; when its process ends, the next scheduler gets it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
