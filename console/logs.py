"""Log lines: one for each event, with the request and the person they belong to.

Whatever was typed or answered elsewhere may be in a message, so what could begin a new
line or steer a terminal is written as an escape.
"""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from gateways.transport import request_id

# Of the request under way.
address: ContextVar[str] = ContextVar("address", default="-")
person: ContextVar[str] = ContextVar("person", default="-")

# C0, DEL and C1 controls (the start of ANSI sequences among them), line and paragraph
# separators, marks that turn the direction of writing, and halves of surrogate pairs.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def escaped(text: str) -> str:
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


class _Formatter(logging.Formatter):
    def at(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def trouble(self, record: logging.LogRecord) -> str:
        parts = [
            self.formatException(record.exc_info) if record.exc_info else "",
            self.formatStack(record.stack_info) if record.stack_info else "",
        ]
        return "\n".join(filter(None, parts))


class LineFormatter(_Formatter):
    """For people. The lines of a traceback are indented: none looks like an event."""

    def format(self, record: logging.LogRecord) -> str:
        words = (
            *(self.at(record), record.levelname, record.name),
            *(request_id.get(), address.get(), person.get(), record.getMessage()),
        )
        lines = [" ".join(map(escaped, words))]
        lines += [f"    {escaped(line)}" for line in self.trouble(record).split("\n")]
        return "\n".join(lines).rstrip()


class JsonFormatter(_Formatter):
    """For programs: one JSON object a line, in ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "at": self.at(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        known = {
            "request_id": request_id.get(),
            "address": address.get(),
            "person": person.get(),
            "traceback": self.trouble(record),
        }
        fields |= {name: text for name, text in known.items() if text not in ("", "-")}
        return json.dumps(fields)


def configuration(kind: str, level: str) -> dict[str, Any]:
    """For logging.config, here and in the web server's own process."""
    formatters = {"line": LineFormatter, "json": JsonFormatter}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"chosen": {"()": formatters[kind]}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "chosen"}
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "urllib3": {"level": "WARNING"},
            "apscheduler": {"level": "WARNING"},
            "gunicorn.error": {"handlers": [], "propagate": True},
            # Always, because whoever keeps the log stream keeps the checkpoints in it.
            "audit.checkpoint": {"level": "INFO"},
        },
    }
