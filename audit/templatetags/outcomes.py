"""What the pages of an object say while the outcome of a change of it is unknown."""

from django import template

from audit.selectors import Entry, find_unsettled

register = template.Library()


@register.inclusion_tag("audit/_unsettled.html")
def unsettled(object_type: str, object_id: str) -> dict[str, Entry | None]:
    """A banner with the change and a way to check it; mostly nothing."""
    return {"entry": find_unsettled(object_type, object_id)}
