"""The formats by their names, each with what a download of it needs to know."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from audit.exports import cloudevents, ecs, json_lines, rfc5424, spreadsheet
from audit.exports.items import Item

CHUNK = 32_768  # characters: one chunk a line would be many small writes

Write = Callable[[Iterable[Item]], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Format:
    label: str
    extension: str
    content_type: str
    write: Write


def by_line(line: Callable[[Item], str]) -> Write:
    """Each item a line; chunks that need the memory of a few of them."""

    def write(items: Iterable[Item]) -> Iterator[bytes]:
        lines: list[str] = []
        waiting = 0
        for item in items:
            lines.append(line(item))
            waiting += len(lines[-1])
            if waiting >= CHUNK:
                yield _joined(lines)
                lines, waiting = [], 0
        if lines:
            yield _joined(lines)

    return write


def _joined(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


# Those that are a line each, and what makes it.
LINES: dict[str, Callable[[Item], str]] = {
    "json": json_lines.line,
    "syslog": rfc5424.line,
    "ecs": ecs.line,
    "cloudevents": cloudevents.line,
}
NDJSON = "application/x-ndjson; charset=utf-8"
FORMATS = {
    "csv": Format("CSV", "csv", "text/csv; charset=utf-8", spreadsheet.write),
    "json": Format("JSON lines", "jsonl", NDJSON, by_line(json_lines.line)),
    "syslog": Format(
        "Syslog (RFC 5424)",
        "log",
        "text/plain; charset=utf-8",
        by_line(rfc5424.line),
    ),
    "ecs": Format("Elastic Common Schema", "ecs.jsonl", NDJSON, by_line(ecs.line)),
    "cloudevents": Format(
        "CloudEvents", "cloudevents.jsonl", NDJSON, by_line(cloudevents.line)
    ),
}
