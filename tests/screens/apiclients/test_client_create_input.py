"""What people may type to create an API client, and what they are told."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from apiclients.models import Synchronisation
from audit.models import Action, Outcome
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl, new_operation
from tests.screens.browser import fill_in, find_form, follow
from tests.screens.records import assert_recorded, entries, only_entry

ADDRESS = reverse("apiclients:create")
pytestmark = pytest.mark.usefixtures("synchronised")


def create(browser: Client, **values: Any) -> Any:
    return fill_in(browser, ADDRESS, "Save", **{"client_id": "svc-new", **values})


def problem_at(page: BeautifulSoup, name: str) -> str:
    """The message at this field, which the field names as its description."""
    field = page.select_one(f"main form.card [name={name}]")
    assert field is not None
    message = page.select_one(f"#id_{name}_error")
    assert message is not None, f"no message at {name}"
    assert field.get("aria-invalid") == "true"
    assert f"id_{name}_error" in str(field.get("aria-describedby"))
    return text_of(message)


TYPED = {
    "client_id": "svc-new",
    "description": "",
    "owner": "",
    "lifespan_number": "",
    "lifespan_unit": "minutes",
}
RIGHT_CHARACTERS = (
    "Use only a-z, 0-9, dot, underscore and hyphen, and start with a letter or digit."
)
OUT_OF_RANGE = "At most 10 hours: the organization's session limit caps it."
NO_NUMBER = "Enter a whole number, for example 15."
BAD_INPUT: list[tuple[str, dict[str, Any], str]] = [
    ("client_id", {"client_id": ""}, "Enter an ID, for example svc-reports."),
    ("client_id", {"client_id": "   "}, "Enter an ID, for example svc-reports."),
    ("client_id", {"client_id": "ab"}, "Use at least 3 characters."),
    ("client_id", {"client_id": "a" * 101}, "Use at most 100 characters."),
    *(
        ("client_id", {"client_id": wrong}, RIGHT_CHARACTERS)
        for wrong in (
            *("Svc-New", "svc new", "-svc", ".svc", "_svc", "svc/new", "svc\\new"),
            *("svc:new", "svc%2e", "../admin", "svc\nnew", "<b>svc</b>", "sv¢-new"),
            *(
                "svc-n\u0435w",
                "\uff53\uff56\uff43",
                "svc\u200bnew",
                "svc@new",
                "svc'or'1",
                "\U0001f600" * 3,
            ),
        )
    ),
    (
        "client_id",
        {"client_id": "svc\0new"},
        "Null characters are not allowed.",
    ),
    ("description", {"description": "x" * 256}, "at most 255 characters"),
    ("owner", {"owner": "x" * 256}, "at most 255 characters"),
    *(
        ("lifespan_number", {"lifespan_number": number, "lifespan_unit": unit}, text)
        for number, unit, text in (
            ("", "minutes", "Enter a number, or choose the organization default."),
            ("  ", "minutes", "Enter a number, or choose the organization default."),
            ("0", "minutes", "At least 1 minute."),
            ("59", "seconds", "At least 1 minute."),
            ("-5", "minutes", NO_NUMBER),
            ("+5", "minutes", NO_NUMBER),
            ("1.5", "hours", NO_NUMBER),
            ("1e3", "seconds", NO_NUMBER),
            ("0x10", "minutes", NO_NUMBER),
            ("1_000", "seconds", NO_NUMBER),
            ("five", "minutes", NO_NUMBER),
            ("\u0661\u0665", "minutes", NO_NUMBER),
            ("²", "hours", NO_NUMBER),
            ("NaN", "hours", NO_NUMBER),
            ("36001", "seconds", OUT_OF_RANGE),
            ("11", "hours", OUT_OF_RANGE),
            ("1", "days", OUT_OF_RANGE),
            ("999999999999", "days", OUT_OF_RANGE),
            ("9999999999999", "seconds", "at most 12 characters"),
        )
    ),
    ("lifespan_unit", {"lifespan_number": "5", "lifespan_unit": "weeks"}, "weeks"),
]


@pytest.mark.parametrize(("name", "values", "message"), BAD_INPUT, ids=repr)
def test_client_create_says_at_the_field_what_is_wrong(
    admin: Client,
    keycloak: SandboxControl,
    name: str,
    values: dict[str, Any],
    message: str,
) -> None:
    own = "own" if name.startswith("lifespan") else "default"
    sent = {**TYPED, "lifespan_choice": own, **values}

    response = admin.post(ADDRESS, {**sent, "operation": new_operation()})

    page = read_page(response)
    assert response.status_code == 422
    assert message in problem_at(page, name)
    summary = page.select_one("#error-summary")
    assert "1 field needs your attention" in text_of(summary)
    assert summary is not None
    assert summary.select_one(f'a[href="#id_{name}"]')
    assert text_of(page.title).startswith("Error: ")
    assert keycloak.calls() == []
    assert entries() == []


def test_client_create_asks_to_understand_the_risk_above_a_day(
    admin: Client, keycloak: SandboxControl
) -> None:
    Synchronisation.objects.update(session_limit=30 * 86400)

    response = create(
        admin, lifespan_choice="own", lifespan_number="25", lifespan_unit="hours"
    )

    page = read_page(response)
    assert response.status_code == 422
    assert "tick that you understand the risk" in problem_at(page, "accept_risk")
    assert keycloak.writes() == []


def test_client_create_keeps_what_was_typed(
    admin: Client, keycloak: SandboxControl
) -> None:
    typed = {
        "client_id": "Svc New",
        "description": 'A "quoted" <b>text</b> & more',
        "owner": "data@northwind.example",
        "lifespan_choice": "own",
        "lifespan_number": "90",
        "lifespan_unit": "seconds",
    }

    response = create(admin, **typed)

    kept = find_form(read_page(response), "Save").values
    assert {name: kept[name] for name in typed} == typed


def test_client_create_names_every_wrong_field_at_once(
    admin: Client, keycloak: SandboxControl
) -> None:
    response = create(
        admin,
        client_id="!",
        owner="x" * 256,
        lifespan_choice="own",
        lifespan_number="x",
    )

    summary = read_page(response).select_one("#error-summary")
    assert summary is not None
    assert "3 fields need your attention" in text_of(summary)
    assert [str(link["href"]) for link in summary.select("a")] == [
        *("#id_client_id", "#id_owner", "#id_lifespan_number")
    ]


@pytest.mark.parametrize("taken", ["svc-new", "SVC-New", "account"])
def test_client_create_says_at_the_field_that_an_id_is_taken(
    admin: Client, keycloak: SandboxControl, taken: str
) -> None:
    if taken != "account":
        keycloak.add_client(taken)

    response = create(admin, client_id=taken.lower(), description="Mine")

    page = read_page(response)
    assert response.status_code == 422
    assert "Another client has this ID" in problem_at(page, "client_id")
    assert find_form(page, "Save").values["description"] == "Mine"
    assert_recorded(
        only_entry(), Action.CLIENT_CREATE, Outcome.FAILED, name=taken.lower()
    )


def test_client_create_works_with_another_id_after_one_was_taken(
    admin: Client, keycloak: SandboxControl
) -> None:
    keycloak.add_client("svc-new")
    form = find_form(read_page(create(admin, description="Mine")), "Save")

    response = admin.post(form.action, form.filled_in(client_id="svc-newer"))

    assert text_of(follow(admin, response).select_one("h1")) == "svc-newer"
    assert [entry.summary for entry in entries()] == [
        "Created <b>svc-newer</b>",
        "Tried to create <b>svc-new</b>",
    ]


def test_client_create_refused_by_keycloak_says_why(
    admin: Client, keycloak: SandboxControl
) -> None:
    keycloak.fail(
        *("POST", "/clients$", "status"),
        status=400,
        body='{"errorMessage": "Description is not to our taste"}',
        times=1,
    )

    response = create(admin, description="Mine")

    assert response.status_code == 422
    assert "Description is not to our taste" in response.text
    assert "Nothing was changed" in response.text


@pytest.mark.parametrize("operation", ["", "x", "0", None])
def test_client_create_without_its_operation_key_asks_to_send_again(
    admin: Client, keycloak: SandboxControl, operation: str | None
) -> None:
    response = create(admin, operation=operation)

    page = read_page(response)
    assert response.status_code == 422
    assert keycloak.writes() == []
    assert entries() == []
    again = find_form(page, "Save")
    assert admin.post(again.action, again.values).status_code == 302
