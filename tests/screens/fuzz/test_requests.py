"""Hostile headers, methods, bodies and addresses."""

import json
from typing import Any

from django.urls import reverse
from hypothesis import strategies as st

from tests.screens.fuzz.hostile import documents, quoted, texts
from tests.screens.fuzz.sending import FORM, Fuzzer, sends

HEADERS = (
    *("REFERER", "ORIGIN", "USER_AGENT", "ACCEPT", "ACCEPT_LANGUAGE", "COOKIE"),
    *("HX_TARGET", "HX_CURRENT_URL", "HX_REQUEST", "HX_TRIGGER", "HX_PROMPT"),
    *("X_FORWARDED_FOR", "X_FORWARDED_HOST", "X_FORWARDED_PROTO", "X_REQUEST_ID"),
    *("SEC_FETCH_SITE", "IF_NONE_MATCH", "IF_MODIFIED_SINCE", "RANGE", "FORWARDED"),
    *("ACCEPT_ENCODING", "AUTHORIZATION", "X_HTTP_METHOD_OVERRIDE"),
)
KINDS = (
    *(FORM, "application/json", "text/plain", "multipart/form-data", "", "a/b; q"),
    "multipart/form-data; boundary=zqz",
    "multipart/form-data; boundary=" + "z" * 300,
    "application/x-www-form-urlencoded; charset=utf-7",
    "application/x-www-form-urlencoded; charset=\udcff",
)


@sends(2000)
def test_any_header_may_say_anything(fuzzer: Fuzzer, target: str) -> None:
    addresses = (
        reverse("console:sign-in"),
        reverse("apiclients:refresh"),
        reverse("console:healthz"),
        "/no-such-page/",
    )
    headers = st.dictionaries(st.sampled_from(HEADERS), texts(), min_size=1, max_size=3)

    def attack(bad: dict[str, str]) -> None:
        environ: dict[str, Any] = {
            f"HTTP_{name}": as_header(text) for name, text in bad.items()
        }
        cookies = fuzzer.browser.cookies.output(header="", sep=";")
        if "COOKIE" in bad:
            environ["HTTP_COOKIE"] += f"; {cookies}"
        for address in addresses:
            method = "POST" if "refresh" in address else "GET"
            fuzzer.send(method, address, **environ)

    fuzzer.run(headers, attack, each=4)


def as_header(text: str) -> str:
    """As a server hands it on: bytes as Latin letters, and no line breaks."""
    raw = text.encode("utf-8", "surrogatepass").decode("latin-1")
    return "".join(letter for letter in raw if letter not in "\r\n\0")[:8000]


@sends(1600)
def test_any_method_and_body_may_come(fuzzer: Fuzzer, target: str) -> None:
    addresses = [
        reverse("console:theme"),
        reverse("apiclients:bulk"),
        reverse("apiclients:permission-remove", args=[target]),
        reverse("console:back-channel-logout"),
    ]
    methods = [
        "POST",
        "POST",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
        "OPTIONS",
        "TRACE",
        "Q",
    ]
    sent = st.tuples(
        st.sampled_from(methods), st.sampled_from(KINDS), st.one_of(bodies(), bodies())
    )

    def attack(example: tuple[str, str, bytes]) -> None:
        method, kind, body = example
        for address in addresses:
            fuzzer.send(method, address, body=body, content_type=kind)

    fuzzer.run(sent, attack, each=4)


def bodies() -> st.SearchStrategy[bytes]:
    """Bytes, JSON, forms of other kinds, and forms with more fields than may be."""
    part = '--zqz\r\nContent-Disposition: form-data; name="{}"; filename="{}"\r\n\r\n{}'
    return st.one_of(
        st.binary(max_size=200),
        documents().map(lambda value: json.dumps(value).encode()),
        st.tuples(texts(20), texts(20), texts(20)).map(
            lambda three: part.format(*three).encode("utf-8", "replace")
        ),
        st.just(b"&".join(b"f%d=zqz" % number for number in range(400))),
        st.just(b"theme=%ff%fe&next=%c3%28&next=%ed%a0%80"),
        texts().map(lambda text: quoted(text).encode()),
    )


@sends(1600)
def test_any_address_may_be_asked_for(fuzzer: Fuzzer, target: str) -> None:
    shapes = (
        *("/{}", "/{}/", "/static/{}", "/api-clients/{}/", "/clusters/{}/setup/"),
        *("/audit/{}/", "/api-clients/{}/credentials/show/", "/api-clients/bulk/{}/"),
        *("/sign-in/{}", "/audit/1/{}/", f"/api-clients/{target}/{{}}/"),
    )

    def attack(example: tuple[str, str]) -> None:
        shape, text = example
        address = shape.format(quoted(text)[:4000])
        fuzzer.get(address)
        fuzzer.post(address, {"next": [text]})

    asked: st.SearchStrategy[Any] = st.tuples(st.sampled_from(shapes), texts())
    fuzzer.run(asked, attack, each=2)
