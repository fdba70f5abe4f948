"""JSON from elsewhere."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.documents import read_json

ANY_LETTER = st.characters(codec=None, exclude_categories=())
TEXTS = st.text(ANY_LETTER)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (rb'"caf\u00e9 \ud83d\ude00"', "café 😀"),
        (rb'"a\ud800b"', "a\ufffdb"),
        (rb'"\uDFFF"', "\ufffd"),
        (rb'"a\u0000b"', "a\ufffdb"),
        (rb'{"\ud800": ["\u0000", 1]}', {"\ufffd": ["\ufffd", 1]}),
        (rb'"\\u0000"', "\\u0000"),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
    ],
)
def test_document_is_read_without_what_cannot_be_stored(sent: bytes, read: Any) -> None:
    assert read_json(sent) == read


@pytest.mark.parametrize("sent", [b'"\xed\xa0\x80"', b'"\x00"', b"", b'"\xff"', b"{"])
def test_what_is_no_json_in_utf8_is_refused(sent: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_json(sent)


@given(DOCUMENTS)
def test_every_text_that_is_read_can_be_written(document: Any) -> None:
    found = read_json(json.dumps(document).encode())

    text = json.dumps(found, ensure_ascii=False)
    assert text.encode("utf-8").decode("utf-8") == text
    assert "\\u0000" not in text.replace("\\\\", "")
