"""Elastic Common Schema 8: what it has a field for; the rest under our own name."""

from ipaddress import ip_address
from typing import Any

from audit.exports.items import Item
from audit.exports.text import instant, to_json

VERSION = "8.17"
OUTCOMES = {"succeeded": "success", "failed": "failure"}
# Of an action's first word, and of its last one.
CATEGORIES = {"session": "authentication", "cluster": "configuration"}
TYPES = {
    "sign_in": "start",
    "sign_out": "end",
    "create": "creation",
    "delete": "deletion",
    **dict.fromkeys(("update", "enable", "disable", "assign", "remove"), "change"),
    **dict.fromkeys(("regenerate", "revoke", "flags", "restart"), "change"),
}


def line(item: Item) -> str:
    return to_json(_document(item))


def _document(item: Item) -> dict[str, Any]:
    record = item.record
    address = _address(record.address)
    own = item.document()
    return {
        "@timestamp": instant(record.at),
        "ecs": {"version": VERSION},
        "message": item.summary,
        "event": {
            "kind": "event",
            "id": str(record.id),
            "action": record.action,
            "category": [_category(record.action)],
            "type": [TYPES.get(record.action.rpartition(".")[2], "info")],
            "outcome": OUTCOMES.get(item.outcome, "unknown"),
            "reason": item.explanation,
            "module": "api-client-console",
            "dataset": "api-client-console.audit",
        },
        "user": {
            "id": record.actor_subject,
            "name": record.actor_username,
            "full_name": record.actor_name,
        },
        "source": {"address": record.address, **({"ip": address} if address else {})},
        "http": {"request": {"id": record.request_id}},
        "related": {
            "user": [record.actor_username],
            "ip": [address] if address else [],
        },
        "service": {"name": "api-client-console"},
        # Names with a capital are free for what the schema does not know.
        "ApiClientConsole": {
            name: own[name]
            for name in ("phase", "intent", "outcome", "object", "operation", "reason")
        }
        # As text: fields of any name would be as many fields of the index.
        | {"changes": to_json(own["changes"]), "actor_issuer": record.actor_issuer},
    }


def _category(action: str) -> str:
    return CATEGORIES.get(action.partition(".")[0], "iam")


def _address(text: str) -> str:
    """Elastic refuses the whole document for an `ip` that is none."""
    try:
        return str(ip_address(text))
    except ValueError:
        return ""
