"""Each format, read again by a reader of the tests' own: nothing is lost or let out."""

import csv
import io
import json
import re
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from audit.exports import rfc5424
from audit.exports.formats import FORMATS
from audit.exports.items import Item
from audit.exports.text import to_json, visible
from audit.models import Action, Outcome, Phase, Record

AT = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
# Whatever a person, a header or another service may have put in.
ANYTHING = st.text(max_size=60) | st.sampled_from(
    [
        *('=HYPERLINK("http://evil")', "a\r\nb", "\x1b[2J", "\u2028\u2029\x85"),
        *('"]\\', '[x@1 y="]', "\ufeff", "Zoë ü 漢字 🔑", "\x00", "", " ", "<b>&amp;"),
    ]
)
# JSON in our database can hold half of a surrogate pair, a text column cannot.
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | ANYTHING,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(ANYTHING, inner, max_size=3)
    ),
    max_leaves=6,
)
LINE_ENDS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")


@st.composite
def items(draw: Any) -> Item:
    """An entry whose every text is anything."""
    record = make(
        **{
            name: draw(ANYTHING)
            for name in (
                *("action", "actor_issuer", "actor_subject", "actor_username"),
                *("actor_name", "address", "request_id", "object_type", "object_id"),
                *("object_name", "reason"),
            )
        },
        changes=draw(VALUES),
    )
    settled = make(id=8, phase=Phase.OUTCOME, intent_id=7, explanation=draw(ANYTHING))
    settled.changes, settled.object_id = record.changes, record.object_id
    outcome = draw(st.sampled_from(["succeeded", "failed", "unknown", "open"]))
    return Item(record, None if outcome == "open" else settled, "entry", outcome)


def make(**values: Any) -> Record:
    plain: dict[str, Any] = {
        "id": 7,
        "at": AT,
        "phase": Phase.INTENT,
        "action": Action.SECRET_REGENERATE,
        "actor_issuer": "https://id.example/realms/northwind",
        "actor_subject": "b0b",
        "actor_username": "client-admin",
        "actor_name": "Bob Tanaka",
        "address": "192.0.2.7",
        "request_id": "req-0123456789ab",
        "operation": UUID("5e0fd8ea-0000-4000-8000-000000000000"),
        "object_type": "client",
        "object_id": "5e0fd8ea",
        "object_name": "svc-reports",
    }
    return Record(**{**plain, **values})


def regenerated(outcome: Outcome = Outcome.SUCCEEDED, **values: Any) -> Item:
    settled = make(id=8, phase=Phase.OUTCOME, outcome=outcome, intent_id=7)
    return Item(make(**values), settled, "entry", outcome.value)


def exported(name: str, *wanted: Item) -> str:
    return b"".join(FORMATS[name].write(wanted)).decode()


def only_line(name: str, item: Item) -> str:
    """What one item became, held to be one line wherever it is shown."""
    text = exported(name, item)
    assert text.endswith("\n")
    assert text.count("\n") == 1
    assert not LINE_ENDS.search(text)
    assert len(text.splitlines()) == 1
    return text[:-1]


@given(items())
def test_json_lines_are_the_whole_entry(item: Item) -> None:
    found = json.loads(only_line("json", item))

    assert found == item.document()
    assert found["actor"]["name"] == item.record.actor_name
    assert found["changes"] == item.record.changes


@given(VALUES)
def test_json_is_one_line_of_unicode_and_reads_back(value: Any) -> None:
    text = to_json({"value": value})

    assert json.loads(text.encode()) == {"value": value}
    assert len(f"{text}\n".splitlines()) == 1


def test_json_writes_half_a_surrogate_pair_as_json_does() -> None:
    assert to_json("\ud800") == '"\\ud800"'


@given(items())
def test_csv_has_every_value_and_no_formula(item: Item) -> None:
    header, row = csv.reader(io.StringIO(exported("csv", item), newline=""))

    found = dict(zip(header, row, strict=True))
    for column, value in {
        "actor_name": item.record.actor_name,
        "object_name": item.record.object_name,
        "reason": item.record.reason,
        "address": item.record.address,
    }.items():
        shown = visible(value)
        assert found[column] in (shown, f"'{shown}")
    formulas = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
    assert not any(cell.startswith(formulas) for cell in row)
    assert len(exported("csv", item).splitlines()) == 2
    if item.record.changes:
        assert json.loads(found["changes"].removeprefix("'")) == item.record.changes


def parse_syslog(line: str) -> tuple[dict[str, str], dict[str, str], str]:
    """RFC 5424, section 6, character by character: head, parameters, message."""
    head = re.match(
        r"<(?P<pri>\d{1,3})>1 (?P<time>\S+) (?P<host>[!-~]{1,255}) "
        r"(?P<app>[!-~]{1,48}) (?P<proc>[!-~]{1,128}) (?P<id>[!-~]{1,32}) ",
        line,
    )
    assert head, line
    rest = line[head.end() :]
    assert rest.startswith("[audit@32473")
    place, params = len("[audit@32473"), {}
    while rest[place] == " ":
        equals = rest.index('="', place)
        name, place, value = rest[place + 1 : equals], equals + 2, ""
        assert re.fullmatch(r"[A-Za-z]{1,32}", name)
        while rest[place] != '"':
            assert rest[place] != "]", "not escaped"
            place += rest[place] == "\\" and rest[place + 1] in '"\\]'
            value += rest[place]
            place += 1
        params[name] = value
        place += 1
    assert rest[place : place + 2] == "] "
    return head.groupdict(), params, rest[place + 2 :]


@given(items())
def test_syslog_reads_back_as_rfc_5424_has_it(item: Item) -> None:
    head, params, message = parse_syslog(only_line("syslog", item))

    assert head["time"] == "2026-01-02T03:04:05.000678Z"
    assert params["username"] == visible(item.record.actor_username)
    assert params["objectName"] == visible(item.record.object_name)
    assert params["outcome"] == item.outcome
    assert message.startswith("\ufeff") is not message.isascii()
    assert json.loads(message.removeprefix("\ufeff")) == item.document()


@pytest.mark.parametrize(
    ("outcome", "priority"),
    [
        (Outcome.SUCCEEDED, 13 * 8 + 5),
        (Outcome.FAILED, 13 * 8 + 4),
        (Outcome.UNKNOWN, 13 * 8 + 4),
    ],
)
def test_syslog_is_of_the_audit_facility_and_warns_of_what_went_wrong(
    outcome: Outcome, priority: int
) -> None:
    head, _, _ = parse_syslog(rfc5424.line(regenerated(outcome)))

    assert head == {
        "pri": str(priority),
        "time": "2026-01-02T03:04:05.000678Z",
        "host": "localhost",
        "app": "api-client-console",
        "proc": "-",
        "id": "client_secret.regenerate",
    }


@given(items())
def test_ecs_keeps_to_its_types(item: Item) -> None:
    found = json.loads(only_line("ecs", item))

    assert found["message"] == item.summary
    assert found["user"]["name"] == item.record.actor_username
    addresses = [found["source"]["ip"]] if "ip" in found["source"] else []
    assert found["related"]["ip"] == addresses
    assert all(ip_address(address) for address in addresses)
    assert isinstance(found["ApiClientConsole"]["changes"], str)


def test_ecs_of_a_change() -> None:
    found = json.loads(exported("ecs", regenerated()))

    assert found["@timestamp"] == "2026-01-02T03:04:05.000678Z"
    assert found["event"] == {
        "kind": "event",
        "id": "7",
        "action": "client_secret.regenerate",
        "category": ["iam"],
        "type": ["change"],
        "outcome": "success",
        "reason": "",
        "module": "api-client-console",
        "dataset": "api-client-console.audit",
    }
    assert found["source"] == {"address": "192.0.2.7", "ip": "192.0.2.7"}


@pytest.mark.parametrize("action", Action)
def test_ecs_has_a_category_and_type_for_every_action(action: Action) -> None:
    event = json.loads(exported("ecs", regenerated(action=action)))["event"]

    allowed = {
        "authentication": {"start", "end", "info"},
        "configuration": {"access", "change", "creation", "deletion", "info"},
        "iam": {"admin", "change", "creation", "deletion", "group", "info", "user"},
    }
    (category,), (kind,) = event["category"], event["type"]
    assert kind in allowed[category]


@given(items())
def test_cloudevents_have_what_the_specification_demands(item: Item) -> None:
    found = json.loads(only_line("cloudevents", item))

    for name in ("id", "source", "specversion", "type"):
        assert isinstance(found[name], str)
        assert found[name]
    assert found["specversion"] == "1.0"
    assert found.get("subject") != ""
    assert found["data"] == item.document()


def test_cloudevents_tell_an_entry_from_itself_with_another_outcome() -> None:
    settled = regenerated()
    waiting = Item(settled.record, None, "entry", "open")
    record = Item.of_record(settled.record)

    ids = [
        json.loads(exported("cloudevents", item))["id"]
        for item in (settled, waiting, record)
    ]

    assert ids == ["7-8", "7-open", "7"]
    event = json.loads(exported("cloudevents", settled))
    assert event["source"] == f"{settings.CONSOLE_URL}/audit/"
    assert event["subject"] == "5e0fd8ea"


@pytest.mark.parametrize("name", FORMATS)
def test_no_entries_are_a_file_without_entries(name: str) -> None:
    assert len(exported(name).splitlines()) == (1 if name == "csv" else 0)


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_is_written_in_pieces_and_in_order(name: str) -> None:
    many = [regenerated(id=number) for number in range(1, 301)]

    pieces = list(FORMATS[name].write(iter(many)))

    assert len(pieces) > 3
    assert all(0 < len(piece) < 100_000 for piece in pieces)
    lines = b"".join(pieces).decode().splitlines()
    assert len(lines) == 300 + (name == "csv")
    number = re.compile(r'^"(\d+)"|"id":"?(\d+)| id="(\d+)"')
    found = [number.search(line) for line in lines[name == "csv" :]]
    assert [int(m[m.lastindex or 0]) for m in found if m] == list(range(1, 301))


def test_a_record_alone_is_open_if_it_is_an_intent() -> None:
    intent = Item.of_record(make())
    outcome = Item.of_record(
        make(id=8, phase=Phase.OUTCOME, intent_id=7, outcome=Outcome.FAILED)
    )

    assert (intent.phase, intent.outcome) == ("intent", "open")
    assert (outcome.phase, outcome.outcome) == ("outcome", "failed")
    assert outcome.document()["intent"] == 7
    assert outcome.settled_at == ""
