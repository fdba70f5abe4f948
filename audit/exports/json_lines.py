"""JSON lines, the log's own format: an object a line, with everything there is."""

from audit.exports.items import Item
from audit.exports.text import to_json


def line(item: Item) -> str:
    return to_json(item.document())
