"""Everything that a person can do to an API client, as data for tests of all of it."""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import reverse

from audit.models import Action
from tests.sandbox_control import new_operation
from tests.screens.browser import Form, open_form

CLIENTS = "/auth/admin/realms/northwind/clients"


READ: dict[str, Form] = {}


@dataclass(frozen=True)
class Change:
    """A page with a form, what is typed there, and what comes of it."""

    url_name: str
    button: str
    action: Action
    call: str  # what reaches Keycloak, {} being the client's uuid
    done: str
    tried: str
    changes: list[dict[str, str]]
    landing: str  # the name of the page where it ends
    values: dict[str, Any] = field(default_factory=dict)
    name: str = "svc-reports"

    def __str__(self) -> str:
        return self.action.value

    def address(self, uuid: str) -> str:
        return reverse(self.url_name, args=None if self.creates else [uuid])

    def landing_address(self, uuid: str) -> str:
        needs_uuid = self.landing != "apiclients:list"
        return reverse(self.landing, args=[uuid] if needs_uuid else None)

    @property
    def creates(self) -> bool:
        return self.action is Action.CLIENT_CREATE

    @property
    def method(self) -> str:
        return self.call.split()[0]

    @property
    def path(self) -> str:
        """For faults: the end of the path of the call."""
        return f"{self.call.split()[1].format('[^/]+')}$"

    def calls(self, uuid: str) -> list[str]:
        return [self.call.format(uuid)]

    def open(self, browser: Client, uuid: str) -> tuple[str, dict[str, str]]:
        """The address and the values of the form, filled in but not yet sent.

        The page is read once, as it is the same in every test but for its key.
        """
        address = self.address(uuid)
        if str(self) not in READ:
            READ[str(self)] = open_form(browser, address, self.button)
        form = READ[str(self)]
        return address, form.filled_in(**self.values, operation=new_operation())

    def make(self, browser: Client, uuid: str) -> Any:
        return browser.post(*self.open(browser, uuid))


CREATE = Change(
    url_name="apiclients:create",
    button="Save",
    action=Action.CLIENT_CREATE,
    call=f"POST {CLIENTS}",
    done="Created <b>svc-new</b>",
    tried="Tried to create <b>svc-new</b>",
    changes=[
        {"field": "Description", "before": "", "after": "Made by a test"},
        {"field": "Owner", "before": "", "after": "data@northwind.example"},
        {"field": "Enabled", "before": "", "after": "yes"},
        {
            "field": "Access Token Lifespan",
            "before": "organization default",
            "after": "15 minutes",
        },
    ],
    landing="apiclients:settings",
    values={
        "client_id": "svc-new",
        "description": "Made by a test",
        "owner": "data@northwind.example",
        "lifespan_choice": "own",
        "lifespan_number": "15",
    },
    name="svc-new",
)
UPDATE = Change(
    url_name="apiclients:settings",
    button="Save",
    action=Action.CLIENT_UPDATE,
    call=f"PUT {CLIENTS}/{{}}",
    done="Changed <b>svc-reports</b>",
    tried="Tried to change <b>svc-reports</b>",
    changes=[
        {"field": "Description", "before": "Nightly reports", "after": "Reports"},
        {
            "field": "Access Token Lifespan",
            "before": "organization default",
            "after": "2 hours",
        },
    ],
    landing="apiclients:settings",
    values={
        "description": "Reports",
        "lifespan_choice": "own",
        "lifespan_number": "2",
        "lifespan_unit": "hours",
    },
)
DISABLE = Change(
    url_name="apiclients:disable",
    button="Disable client",
    action=Action.CLIENT_DISABLE,
    call=f"PUT {CLIENTS}/{{}}",
    done="Disabled <b>svc-reports</b>",
    tried="Tried to disable <b>svc-reports</b>",
    changes=[{"field": "Enabled", "before": "yes", "after": "no"}],
    landing="apiclients:settings",
    values={"reason": "Not used any more"},
)
ENABLE = Change(
    url_name="apiclients:enable",
    button="Enable client",
    action=Action.CLIENT_ENABLE,
    call=f"PUT {CLIENTS}/{{}}",
    done="Enabled <b>svc-reports</b>",
    tried="Tried to enable <b>svc-reports</b>",
    changes=[{"field": "Enabled", "before": "no", "after": "yes"}],
    landing="apiclients:settings",
    values={"reason": "Used again"},
)
DELETE = Change(
    url_name="apiclients:delete",
    button="Delete client",
    action=Action.CLIENT_DELETE,
    call=f"DELETE {CLIENTS}/{{}}",
    done="Deleted <b>svc-reports</b>",
    tried="Tried to delete <b>svc-reports</b>",
    changes=[
        {"field": "Description", "before": "Nightly reports", "after": ""},
        {"field": "Owner", "before": "reporting@northwind.example", "after": ""},
        {"field": "Enabled", "before": "yes", "after": ""},
        {
            "field": "Access Token Lifespan",
            "before": "organization default",
            "after": "organization default",
        },
    ],
    landing="apiclients:list",
    values={"confirm": "svc-reports", "reason": "Replaced"},
)
REGENERATE = Change(
    url_name="apiclients:secret-regenerate",
    button="Regenerate secret",
    action=Action.SECRET_REGENERATE,
    call=f"POST {CLIENTS}/{{}}/client-secret",
    done="Regenerated the secret of <b>svc-reports</b>",
    tried="Tried to regenerate the secret of <b>svc-reports</b>",
    changes=[],  # fingerprints
    landing="apiclients:credentials",
    values={"reason": "Leaked"},
)
CHANGES = (CREATE, UPDATE, DISABLE, ENABLE, DELETE, REGENERATE)


@dataclass(frozen=True)
class Reading:
    """A look at the secret, which is recorded like a change."""

    url_name: str
    action: Action
    done: str
    tried: str

    def __str__(self) -> str:
        return self.action.value

    def address(self, uuid: str) -> str:
        return reverse(self.url_name, args=[uuid])


SHOW = Reading(
    url_name="apiclients:secret-show",
    action=Action.SECRET_SHOW,
    done="Showed the secret of <b>svc-reports</b>",
    tried="Tried to show the secret of <b>svc-reports</b>",
)
COPY = Reading(
    url_name="apiclients:secret-copy",
    action=Action.SECRET_COPY,
    done="Copied the secret of <b>svc-reports</b>",
    tried="Tried to copy the secret of <b>svc-reports</b>",
)
READINGS = (SHOW, COPY)
