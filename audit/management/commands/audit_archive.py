"""Move entries that are older than the retention to a sealed file."""

import os
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.archive import ArchiveError, archive_before
from audit.recorder import NotRecordedError
from console.access import Actor
from gateways.keycloak.models import Roles


class Command(BaseCommand):
    help = "Moves old entries to a sealed file, which audit_verify --archive reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--before",
            type=datetime.fromisoformat,
            required=True,
            metavar="DATE",
            help="entries from before this day (UTC) go",
        )
        parser.add_argument("file", type=Path, help="a new file; .gz compresses it")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        before = options["before"]
        before = before if before.tzinfo else before.replace(tzinfo=UTC)
        if before > timezone.now() - timedelta(days=1):
            raise CommandError("Entries of the last day stay.")
        try:
            seal = archive_before(before, options["file"], actor=_operator())
        except (ArchiveError, OSError) as exc:
            raise CommandError(str(exc)) from exc
        except NotRecordedError as exc:
            raise CommandError("The log cannot be written; nothing was moved.") from exc
        self.stdout.write(
            f"Entries up to {seal.sequence:,} are in {options['file']} and no longer "
            f"in the database. Keep the file: audit_verify --archive reads it."
        )


def _operator() -> Actor:
    """Nobody has signed in: whoever may run commands on this machine."""
    return Actor(
        issuer="",
        subject="",
        username=os.environ.get("USER") or f"uid {os.getuid()}",
        name="manage.py audit_archive",
        roles=Roles(),
        roles_read_at=0,
        address="",
        request_id=f"cmd-{uuid4().hex[:12]}",
    )
