"""CloudEvents 1.0 in their JSON format, the log's own document as the data."""

from django.conf import settings

from audit.exports.items import Item
from audit.exports.text import instant, to_json


def line(item: Item) -> str:
    record, latest = item.record, item.latest
    # Receivers drop what they had already by source and id. A record has its number;
    # an entry is another event once it has another outcome.
    number = f"{record.id}"
    if item.phase == "entry":
        number += f"-{item.settled.id if item.settled else 'open'}"
    event = {
        "specversion": "1.0",
        "id": number,
        "source": f"{settings.CONSOLE_URL}/audit/",
        "type": f"api-client-console.{record.action or 'unknown'}.v1",
        "time": instant(record.at),
        "datacontenttype": "application/json",
        "data": item.document(),
    }
    subject = latest.object_id or record.object_name
    return to_json({**event, "subject": subject} if subject else event)
