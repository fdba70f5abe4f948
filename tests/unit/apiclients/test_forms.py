"""What people may type about an API client: everything else gets a message."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http import QueryDict

from apiclients.fingerprints import version_of
from apiclients.forms import (
    CreateForm,
    DeleteForm,
    FilterForm,
    ReasonForm,
    SettingsForm,
)
from gateways.keycloak.models import ClientChange
from tests.unit.apiclients.typed import LIMITS, create, messages

CHANGE = ClientChange(
    description="Reports", owner="data", enabled=True, access_token_lifespan=900
)


def test_the_least_that_makes_a_client() -> None:
    form = create()

    assert form.is_valid(), form.errors
    assert form.wanted(enabled=True) == ClientChange("", "", True, None)


@pytest.mark.parametrize(
    "client_id",
    [
        *("abc", "a.b", "0-9", "svc-reports", "svc_reports.prod-2", "123"),
        "a" * 100,
        "a--",
        "a..",
        " svc-reports ",
    ],
)
def test_ids_that_are_good(client_id: str) -> None:
    form = create(client_id=client_id)

    assert form.is_valid(), form.errors
    assert form.cleaned_data["client_id"] == client_id.strip()


@pytest.mark.parametrize(
    "client_id",
    [
        *("", " ", "ab", "a", "a" * 101, "a" * 5000),
        *("Svc-reports", "SVC", "svc-Reports"),
        *("-svc", ".svc", "_svc", "--", "..."),
        *("svc reports", "svc\treports", "svc\nreports", "svc-reports\n-x"),
        *("svc/reports", "svc\\reports", "../admin", "svc%2Freports", "svc?x", "a#bc"),
        *(
            "svc-réports",
            "svc-репорт",
            "\uff53\uff56\uff43",
            "svc-²",
            "svc-١٢٣",
            "svc\u200breports",
        ),
        *(
            "svc;reports",
            "svc'reports",
            'svc"reports',
            "<b>svc</b>",
            "${svc}",
            "a\x00bc",
        ),
    ],
)
def test_ids_that_are_not(client_id: str) -> None:
    form = create(client_id=client_id)

    assert not form.is_valid()
    assert set(form.errors) == {"client_id"}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n", "\x0b", "\u2028"])
def test_a_line_break_at_the_end_of_an_id_is_not_kept(end: str) -> None:
    form = create(client_id=f"svc-reports{end}")

    assert form.is_valid()
    assert form.cleaned_data["client_id"] == "svc-reports"


@pytest.mark.parametrize("name", ["description", "owner"])
def test_a_description_may_hold_markup_and_up_to_255_characters(name: str) -> None:
    for text in ("<script>alert(1)</script>", "{{ 7 }} ${x} %s", "ü" * 255, "🔑" * 255):
        form = create(LIMITS, **{name: text})
        assert form.is_valid(), form.errors
        assert form.cleaned_data[name] == text

    form = create(LIMITS, **{name: "x" * 256})
    assert set(form.errors) == {name}


@pytest.mark.parametrize("name", ["description", "owner"])
def test_a_null_character_is_refused(name: str) -> None:
    assert set(create(LIMITS, **{name: "a\x00b"}).errors) == {name}


@pytest.mark.parametrize("operation", ["", "1", "not-a-key", "0" * 31, "x" * 36])
def test_a_form_without_a_key_is_refused_and_gets_one(operation: str) -> None:
    form = create(operation=operation)

    assert form.non_field_errors() == ["The form was not complete. Send it again."]
    assert set(form.errors) == {"__all__"}
    again = CreateForm(form.data, limits=LIMITS)
    assert again.is_valid()
    assert again.cleaned_data["client_id"] == "svc-reports"


def test_what_was_typed_can_be_sent_again_as_a_new_operation() -> None:
    form = create(description="Mine")
    assert form.is_valid()
    before = form.cleaned_data["operation"]

    form.renew()

    assert str(before) not in str(form["operation"])
    again = CreateForm(form.data, limits=LIMITS)
    assert again.is_valid()
    assert again.cleaned_data["description"] == "Mine"


def test_each_form_that_is_shown_has_a_key_of_its_own() -> None:
    first, second = CreateForm(limits=LIMITS), CreateForm(limits=LIMITS)

    keys = {form.get_initial_for_field(form.fields["operation"], "operation")
            for form in (first, second)}  # fmt: skip

    assert len(keys) == 2
    assert all(isinstance(key, UUID) for key in keys)


@pytest.mark.parametrize(
    ("lifespan", "choice", "number", "unit"),
    [
        (None, "default", None, "minutes"),
        (900, "own", 15, "minutes"),
        (86400, "own", 1, "days"),
        (61, "own", 61, "seconds"),
    ],
)
def test_settings_start_from_the_client(
    lifespan: int | None, choice: str, number: int | None, unit: str
) -> None:
    client = ClientChange("Reports", "data", True, lifespan)

    initial = SettingsForm.initial_for(client)

    assert initial == {
        "description": "Reports",
        "owner": "data",
        "enabled": True,
        "lifespan_choice": choice,
        "lifespan_number": number,
        "lifespan_unit": unit,
        "version": version_of(client),
    }


def settings_form(**typed: str) -> SettingsForm:
    data = QueryDict(mutable=True)
    data.update(
        {
            "description": "Mine",
            "enabled": "on",
            "lifespan_choice": "default",
            "version": "old",
            "operation": str(uuid4()),
            **typed,
        }
    )
    return SettingsForm(data, limits=LIMITS)


def test_settings_need_the_version_that_was_seen() -> None:
    assert settings_form().is_valid()
    assert set(settings_form(version="").errors) == {"version"}
    assert set(settings_form(version="x" * 2001).errors) == {"version"}


def test_settings_over_a_newer_state_keep_what_was_typed_as_a_new_operation() -> None:
    before = settings_form()
    assert before.is_valid()

    after = before.with_version_of(CHANGE)

    assert after.is_valid()
    assert after.cleaned_data["version"] == version_of(CHANGE)
    assert after.cleaned_data["description"] == "Mine"
    assert after.cleaned_data["operation"] != before.cleaned_data["operation"]


def test_a_reason_is_optional_and_up_to_500_characters() -> None:
    key = str(uuid4())

    assert ReasonForm({"operation": key}).is_valid()
    assert ReasonForm({"operation": key, "reason": "x" * 500}).is_valid()
    too_long = ReasonForm({"operation": key, "reason": "x" * 501})
    assert set(too_long.errors) == {"reason"}


def test_deleting_needs_the_id_to_be_typed() -> None:
    key = str(uuid4())

    form = DeleteForm({"operation": key, "confirm": " "})

    assert messages(form, "confirm") == ["Type the client's ID to confirm."]
    assert DeleteForm({"operation": key, "confirm": "svc-reports"}).is_valid()


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({}, {"q": "", "status": "", "sort": "", "size": None}),
        ({"q": " etl ", "status": "enabled"}, {"q": "etl", "status": "enabled"}),
        ({"size": "100"}, {"size": 100}),
    ],
)
def test_filters_that_make_sense(asked: dict[str, str], wanted: dict[str, Any]) -> None:
    found = FilterForm(asked).wanted()

    assert {name: found[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "x" * 201},
        {"q": "a\x00b"},
        {"status": "all"},
        {"size": "1000000"},
        {"size": "-1"},
        {"size": "many"},
        {"sort": "\x00"},
    ],
)
def test_filters_that_make_none_are_left_out(asked: dict[str, str]) -> None:
    assert not FilterForm(asked).wanted().keys() & asked.keys()
