"""Prove that the audit log is as it was written, or name the first broken record."""

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.archive import Archive, ArchiveError
from audit.checkpoints import UnreadableCheckpointError, iter_file
from audit.models import Checkpoint
from audit.verification import Report, find_signed_start, find_start, verify_log


class Command(BaseCommand):
    help = "Verifies the audit log: exit code 0, or 1 and the first broken record."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--from-checkpoint",
            action="store_true",
            help="only what came after the newest signed checkpoint",
        )
        parser.add_argument(
            "--checkpoints",
            type=Path,
            metavar="FILE",
            help="also hold the log against the checkpoints of this file",
        )

        parser.add_argument(
            "--archive",
            type=Path,
            action="append",
            default=[],
            metavar="FILE",
            help="go through this archive first; again for each, the oldest first",
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        try:
            report = _verify(options)
        except (OSError, UnreadableCheckpointError, ArchiveError) as exc:
            raise CommandError(f"A file cannot be read: {exc}") from exc
        if report.broken:
            raise CommandError(f"{report.broken} ({report.broken.kind})")
        self.stdout.write(
            f"Verified up to entry {report.at.sequence:,}: {report.records:,} entries "
            f"and {report.checkpoints:,} checkpoints are as they were written."
        )


def _verify(options: dict[str, Any]) -> Report:
    part = options["from_checkpoint"]
    archives = [Archive.open(file) for file in options["archive"]]
    start = find_signed_start() if part else find_start()
    return verify_log(
        archives[0].start if archives else start,
        outside=_read(options["checkpoints"]),
        archives=[archive.verify for archive in archives],
        whole=not part,
    )


def _read(file: Path | None) -> Iterable[Checkpoint]:
    return iter_file(file) if file else ()
