"""Syslog as RFC 5424 has it: facility 13, structured data, JSON as the message.

Framing is the transport's: octet counting on a connection, a line each in a file.
"""

import re
from urllib.parse import urlsplit

from django.conf import settings

from audit.exports.items import Item
from audit.exports.text import instant, to_json, visible

FACILITY = 13  # log audit
NOTICE, WARNING = 5, 4
APP_NAME = "api-client-console"
# The enterprise number that RFC 5612 keeps for documentation: there is none of our own.
SD_ID = "audit@32473"
BYTE_ORDER_MARK = "\ufeff"
NOTHING = "-"


def line(item: Item) -> str:
    severity = NOTICE if item.outcome in ("succeeded", "open") else WARNING
    head = " ".join(
        (
            f"<{FACILITY * 8 + severity}>1",
            instant(item.record.at),
            _name(urlsplit(settings.CONSOLE_URL).hostname or "", 255),
            APP_NAME,
            NOTHING,
            _name(item.record.action, 32),
        )
    )
    message = to_json(item.document())
    # Only a message that is not plain ASCII says by this mark that it is UTF-8.
    mark = "" if message.isascii() else BYTE_ORDER_MARK
    return f"{head} {_structured_data(item)} {mark}{message}"


def _structured_data(item: Item) -> str:
    record = item.record
    values = {
        "id": str(record.id),
        "phase": item.phase,
        "action": record.action,
        "outcome": item.outcome,
        "username": record.actor_username,
        "subject": record.actor_subject,
        "address": record.address,
        "objectType": record.object_type,
        "objectName": record.object_name,
        "objectId": item.latest.object_id,
        "requestId": record.request_id,
    }
    params = "".join(f' {name}="{_value(text)}"' for name, text in values.items())
    return f"[{SD_ID}{params}]"


def _value(text: str) -> str:
    return re.sub(r'(["\\\]])', r"\\\1", visible(text))


def _name(text: str, longest: int) -> str:
    """Printable ASCII without spaces, as the fields of the head must be."""
    return re.sub(r"[^!-~]", "_", text)[:longest] or NOTHING
