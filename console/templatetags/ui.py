"""Tags and filters that the templates share: icons, times, durations, code."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

from django import template
from django.template import Context, Node
from django.template.base import FilterExpression, Parser, TextNode, Token
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from console.icons import draw

register = template.Library()

MINUTE, HOUR, DAY = 60, 3600, 86400
MONTH = 365.25 * DAY / 12

PLACEHOLDER = re.compile(r"(?P<blank>\b(?:YOUR_CLIENT_SECRET|ACCESS_TOKEN)\b)")
# What a snippet's pieces are: comment, string, placeholder, keyword.
CODE = re.compile(
    rf"""
    (?P<comment>(?:^|(?<=\s))(?:\#|//)\s.*$)
  | (?P<string>'[^'\n]*'|"[^"\n]*")
  | {PLACEHOLDER.pattern}
  | (?P<keyword>\b(?:curl|pip|npm|import|from|with|as|def|raise|if|for|in|return|print
      |const|let|await|async|throw|function|var|new|class|public|static|void|throws)\b)
    """,
    re.MULTILINE | re.VERBOSE,
)


# A key of an object, or another text.
# A text that does not end is taken to the end of its line, so that none is read again.
JSON = re.compile(
    r"""(?P<keyword>"(?:[^"\\\n]|\\.)*+"(?=:))|(?P<string>"(?:[^"\\\n]|\\.)*+"?)"""
)


@register.simple_tag
def new_operation() -> str:
    """The key of a form that changes something, made when it is shown."""
    return str(uuid4())


@register.tag("icon")
def do_icon(parser: Parser, token: Token) -> Node:
    """An icon that is named is text from then on: a list has hundreds of them."""
    [_, key] = token.split_contents()
    expression = parser.compile_filter(key)
    if isinstance(expression.var, str):
        return TextNode(draw(expression.var))
    return IconNode(expression)


class IconNode(Node):
    def __init__(self, key: FilterExpression) -> None:
        self.key = key

    def render(self, context: Context) -> SafeString:
        return draw(self.key.resolve(context))


@register.simple_tag
def ago(value: datetime | None) -> str:
    """How long ago, with the exact instant behind it."""
    if value is None:
        return ""
    seconds = int((timezone.now() - value).total_seconds())
    if seconds < 3:
        # Also what a clock a little ahead of ours wrote.
        return _time(value, "just now")
    if seconds >= DAY:
        return _time(value, f"{_age(seconds)} ago")
    units = ((HOUR, "h"), (MINUTE, "min"), (1, "s"))
    size, unit = next(pair for pair in units if seconds >= pair[0])
    return _time(value, f"{seconds // size} {unit} ago")


@register.simple_tag
def moment(value: datetime | None, precision: str = "second") -> str:
    """The instant itself in UTC; without its date if that is today, unless "full"."""
    if value is None:
        return ""
    utc = value.astimezone(UTC)
    text = f"{utc:%H:%M}" if precision == "minute" else f"{utc:%H:%M:%S} UTC"
    if precision == "full" or utc.date() != timezone.now().astimezone(UTC).date():
        text = f"{utc.day} {utc:%b %Y}, {text}"
    return _time(value, text)


@register.filter
def age(value: datetime | None) -> str:
    """How old something is: "41 days", "5 months", "2 years"."""
    return "" if value is None else _age((timezone.now() - value).total_seconds())


@register.filter
def older_than(value: datetime | None, days: int) -> bool:
    return value is not None and (timezone.now() - value).total_seconds() > days * DAY


@register.filter
def duration(seconds: int | None) -> str:
    """Short: "5 min", "24 h", "2 days", "1 h 30 min"."""
    if seconds == DAY:
        # Beside 8 h; from the second day on people count in days.
        return "24 h"
    return _duration(seconds, ("day", "h", "min", "s"), counted=("day",))


@register.filter
def duration_words(seconds: int | None) -> str:
    """In words: "5 minutes", "10 hours", "1 hour 1 minute 1 second"."""
    words = ("day", "hour", "minute", "second")
    return _duration(seconds, words, counted=words)


@register.filter
def thousands(number: int) -> str:
    return f"{number:,}"


@register.filter
def code(text: str) -> SafeString:
    """A snippet with its comments, strings, keywords and placeholders marked."""
    return _marked(CODE, text)


@register.filter
def json_code(text: str) -> SafeString:
    """JSON with its keys and texts marked."""
    return _marked(JSON, text)


def _marked(pattern: re.Pattern[str], text: str) -> SafeString:
    return format_html_join("", "{}", ((piece,) for piece in _pieces(pattern, text)))


def _pieces(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    end = 0
    for match in pattern.finditer(text):
        yield text[end : match.start()]
        kind, piece = match.lastgroup, match.group()
        if kind == "string":
            # What the reader replaces stands out inside a string, too.
            piece = _marked(PLACEHOLDER, piece)
        yield format_html('<span class="{}">{}</span>', kind, piece)
        end = match.end()
    yield text[end:]


def _time(value: datetime, text: str) -> SafeString:
    instant = f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return format_html('<time datetime="{0}" title="{0}">{1}</time>', instant, text)


def _age(seconds: float) -> str:
    if seconds < DAY:
        return "< 1 day"
    months = seconds // MONTH
    if months < 3:
        return _count(seconds // DAY, "day")
    if months < 24 and months != 12:
        return _count(months, "month")
    return _count(months // 12, "year")


def _duration(
    seconds: int | None, units: tuple[str, ...], *, counted: tuple[str, ...]
) -> str:
    if seconds is None:
        return ""
    if seconds < 0:
        # Keycloak's word for "as long as the session may last".
        return "session limit"
    parts: list[str] = []
    for unit, size in zip(units, (DAY, HOUR, MINUTE, 1), strict=True):
        count, seconds = divmod(seconds, size)
        if count or (size == 1 and not parts):
            parts.append(_count(count, unit) if unit in counted else f"{count} {unit}")
    return " ".join(parts)


def _count(number: float, noun: str) -> str:
    return f"{number:.0f} {noun}{'' if number == 1 else 's'}"
