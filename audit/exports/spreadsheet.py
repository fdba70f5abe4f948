"""CSV for people and auditors: a line an entry, harmless in a spreadsheet."""

from collections.abc import Iterable, Iterator

from audit.exports.items import Item
from audit.exports.text import instant, to_json, visible
from console.csv_export import iter_csv

HEADER = (
    *("id", "time", "outcome", "action", "category", "summary"),
    *("actor_name", "actor_username", "actor_subject", "actor_issuer", "address"),
    *("object_type", "object_name", "object_id", "changes", "reason", "explanation"),
    *("settled_at", "request_id", "operation"),
)


def write(items: Iterable[Item]) -> Iterator[bytes]:
    return iter_csv(HEADER, map(_row, items))


def _row(item: Item) -> list[str]:
    document = item.document()
    actor, obj = document["actor"], document["object"]
    values = {
        **{name: document.get(name) for name in HEADER},
        **{f"actor_{name}": value for name, value in actor.items()},
        **{f"object_{name}": value for name, value in obj.items()},
        "time": instant(item.record.at),
        "changes": to_json(document["changes"]) if document["changes"] else "",
    }
    return [visible(str(values[name] or "")) for name in HEADER]
