"""The audit log, or a span of it, as a file."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.exports.formats import FORMATS
from audit.operators import operator
from audit.services import export_entries


class Command(BaseCommand):
    help = "Writes the audit log in one of several formats. The export is recorded."

    def add_arguments(self, parser: ArgumentParser) -> None:
        instant = "YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS, UTC unless it says otherwise"
        parser.add_argument("--format", choices=FORMATS, default="json")
        parser.add_argument("--since", type=_instant, help=f"from then on: {instant}")
        parser.add_argument("--until", type=_instant, help="up to and with then")
        parser.add_argument(
            "--output", type=Path, help="a new file; standard output without it"
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        filters = {"since": options["since"], "until": options["until"]}
        output: Path | None = options["output"]
        if output and output.exists():
            raise CommandError(f"{output} is there already.")
        chunks = export_entries(filters, options["format"], actor=operator())
        if output:
            _write(output, chunks)
        else:
            sys.stdout.buffer.writelines(chunks)
            sys.stdout.buffer.flush()


def _write(output: Path, chunks: Iterable[bytes]) -> None:
    """Under its name only when it is whole."""
    part = output.with_name(f"{output.name}.part")
    part.touch(mode=0o600)
    with part.open("wb") as file:
        file.writelines(chunks)
    part.rename(output)


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
