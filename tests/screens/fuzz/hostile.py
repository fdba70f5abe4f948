"""What somebody may send who means no good, or whose program is broken.

Each text that could do harm on a page carries the mark, so that a page on which the
mark is not need not be taken apart.
"""

import base64
import json
from typing import Any
from urllib.parse import quote_from_bytes
from uuid import uuid4

from hypothesis import strategies as st

MARK = "zqz"

MARKUP = (
    f"<{MARK} {MARK}on=1>",
    f'"><{MARK}>',
    f"'><{MARK}>",
    f'" {MARK}on="1',
    f"' {MARK}on='1",
    f"</title></textarea></script><{MARK}>",
    f"<script>{MARK}()</script>",
    f"<img src={MARK} onerror={MARK}()>",
    f"<svg/onload={MARK}()>",
    f"<!--{MARK}",
    f"<![CDATA[<{MARK}>]]>",
    f"javascript:{MARK}()",
    f"//{MARK}.example/",
    f"/\\{MARK}.example",
    f"https://{MARK}.example/",
    f"data:text/html,<{MARK}>",
    f"&lt;{MARK}&gt;&#60;{MARK}>&amp;",
    f"{{{{ {MARK} }}}}{{% debug %}}{{# {MARK} #}}",
    f"<b>{MARK}</b>",
    f"<a hx-get=/{MARK}>{MARK}</a>",
    f"\uff1c{MARK}\uff1e",
)
CONTROLS = (
    f"{MARK}\x00",
    f"\x00{MARK}",
    f"{MARK}\r\nX-{MARK}: 1\r\n\r\n<{MARK}>",
    f"{MARK}\x1b[31m\x07\x08\x7f\x85",
    f"{MARK}\u2028\u2029\ufeff\u200b",
    f"\u202e{MARK}\u2066\u2069\u200f",
    f"{MARK}\ud800",
    f"\udfff{MARK}\ud83d",
    f"{MARK}\ufffe\uffff\U0010ffff",
    f"{MARK}e" + "\u0301" * 80,
    f"\t\n\v\f{MARK} \xa0\u3000",
)
CODE = (
    f"=cmd|' /C {MARK}'!A0",
    f"@SUM({MARK})",
    f"+{MARK}",
    f"-{MARK}",
    f"\t={MARK}",
    f"%s%n%(x)d {MARK}",
    f"{{0.__class__}}{MARK}",
    f"${{jndi:ldap://{MARK}}}",
    f"' OR 1=1; DROP TABLE audit_record; --{MARK}",
    f'{MARK}" OR "a" NEAR/2 "b"*',
    f"{MARK}%_\\%",
    f"../../../{MARK}",
    f"..%2f%00{MARK}",
)
NUMBERS = (
    *("0", "-1", "+1", "1.5", "1e309", "NaN", "Infinity", "0x10", "1_000"),
    *("9" * 19, "9" * 400, "-" + "9" * 400, "٣", "²", "2147483648", " 7 "),
    "9" * 5000,
)
WORDS = (
    *(
        "",
        " ",
        "null",
        "None",
        "true",
        "on",
        "undefined",
        "[]",
        "{}",
        "[object Object]",
    ),
    *("~", ".", "..", "/", "\\", "__all__", "*", "_connector", "pk", "-pk", "?", "-"),
)
DATES = (
    *("0000-00-00T00:00", "9999-12-31T23:59", "0001-01-01T00:00", "2026-02-30T00:00"),
    *("2026-13-01", "10000-01-01T00:00", "-1-01-01T00:00", "2026-10-25T02:30+99:99"),
    "1970-01-01T00:00",
)
UUIDS = (
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "{12345678-1234-5678-1234-567812345678}",
    "urn:uuid:12345678-1234-5678-1234-567812345678",
    "12345678123456781234567812345678",
    "12345678-1234-5678-1234-56781234567g",
)
# Between any kind of letter and the next.
LETTERS = st.characters(codec=None, exclude_categories=())


def texts(longest: int = 60) -> st.SearchStrategy[str]:
    """Any text, much of it with a bad reputation."""
    known = st.sampled_from([*MARKUP, *CONTROLS, *CODE])
    dull = st.sampled_from([*NUMBERS, *WORDS, *DATES, *UUIDS])
    free = st.text(LETTERS, max_size=longest).map(lambda text: f"{MARK}{text}")
    mixed = st.lists(known, min_size=2, max_size=4).map("".join)
    long = st.sampled_from([101, 256, 2001, 20_001, 60_000]).map(_long)
    return st.one_of(known, known, free, free, mixed, dull, long)


def values() -> st.SearchStrategy[list[str]]:
    """What comes under one name: mostly one text, sometimes none or several."""
    one = texts().map(lambda text: [text])
    several = st.lists(texts(20), min_size=2, max_size=5)
    repeated = texts(20).map(lambda text: [text] * 3)
    return st.one_of(one, one, one, one, several, repeated, st.just([]))


def documents() -> st.SearchStrategy[Any]:
    """A value in an answer where another was expected."""
    plain = st.one_of(
        *(st.none(), st.booleans(), texts(30), texts(30), texts(30)),
        st.sampled_from([0, -1, 1, 2**31, 2**63, 10**30, -(10**18), 1e308, -0.0]),
        st.sampled_from([float("inf"), float("-inf"), float("nan")]),
    )
    return st.one_of(
        *(plain, plain),
        st.lists(plain, max_size=3),
        st.dictionaries(texts(10), plain, max_size=3),
        st.just(_deep()),
    )


def cursors() -> st.SearchStrategy[str]:
    """Cursors of a page that could have been made, and others."""
    scalar = st.one_of(
        st.none(),
        texts(20),
        st.integers(),
        st.booleans(),
        st.floats(),
        st.sampled_from([*UUIDS, *DATES]),
        st.lists(st.none(), max_size=2),
    )
    made = st.tuples(scalar, scalar, scalar).map(_cursor)
    return st.one_of(made, made, made, texts(), scalar.map(lambda v: _cursor((v,))))


def storable(text: str) -> str:
    """What of it another service could have stored and would send."""
    return text.encode("utf-8", "replace").decode()[:255]


def encoded(pairs: list[tuple[str, str]]) -> bytes:
    """As a form sends them; half of a surrogate pair as bytes that no text has."""
    return b"&".join(
        b"=".join(quoted(part).encode("ascii") for part in pair) for pair in pairs
    )


def quoted(text: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"), safe="")


def new_key() -> str:
    return str(uuid4())


def _cursor(parts: tuple[Any, ...]) -> str:
    text = json.dumps(list(parts))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _long(length: int) -> str:
    return (f"{MARK}<" * length)[:length]


def _deep() -> Any:
    inner: Any = MARK
    for _ in range(50):
        inner = [inner]
    return inner
