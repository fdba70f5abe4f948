"""Tabler's icons, drawn into the page where they stand.

Not referred to with `<use>`: a list has hundreds, for each of which the browser would
make a tree of its own. Chromium's main thread takes three quarters of the time for the
list this way (550 to 395 ms on a busy machine), and one file less is asked for.
"""

import re
from functools import cache
from pathlib import Path

from django.utils.html import format_html
from django.utils.safestring import SafeString

SHAPES = Path(__file__).with_name("icons.svg")
SYMBOL = re.compile(r'<symbol id="([a-z0-9-]+)"[^>]*>(.*?)</symbol>', re.DOTALL)
PATH = re.compile(r'<path d="(M[^"]+)"\s*/>')


@cache
def paths() -> dict[str, str]:
    """The strokes of each icon as one path. Each begins where it says itself: M."""
    found = SYMBOL.findall(SHAPES.read_text())
    return {name: "".join(PATH.findall(shapes)) for name, shapes in found}


@cache
def draw(name: str) -> SafeString:
    """An icon as markup; never the only name of a control. Raises KeyError."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>',
        paths()[name],
    )
