"""A page with somebody's markup in it does not pass, or the rest proves nothing."""

import pytest

from tests.screens.fuzz.holding import hold_page
from tests.screens.fuzz.hostile import MARK, MARKUP

PAGE = '<!doctype html><html><body><p class="{0}">{1}</p><script src="/x"></script>'


def test_a_page_with_escaped_texts_passes() -> None:
    hold_page(PAGE.format(f"&quot; {MARK}=", f"&lt;{MARK}&gt; &#x27;{MARK}&#x27;"))


@pytest.mark.parametrize("text", [text for text in MARKUP if "<" in text])
def test_a_page_with_raw_markup_does_not_pass(text: str) -> None:
    if text.startswith(("<b>", "<a ")):
        text = f"{text}<{MARK}"

    with pytest.raises(AssertionError):
        hold_page(PAGE.format("x", text))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (f'" {MARK}on="1', "x"),
        (f'x" onclick="{MARK}', "x"),
        (f'x" href="javascript:{MARK}', "x"),
        (f'x" href="//{MARK}', "x"),
        ("x", f"<script>{MARK}</script>"),
        ("x", f"<!-- {MARK} -->"),
        ("x", f"<?{MARK}?>"),
        ("x", f"a < {MARK}"),
        ("x", f"<p {MARK}"),
    ],
)
def test_a_page_with_a_way_out_of_a_text_does_not_pass(value: str, text: str) -> None:
    with pytest.raises(AssertionError):
        hold_page(PAGE.format(value, text))
