"""A person can get to every address, and no link leads to another."""

import re

import pytest

from console.navigation import ITEMS
from tests.architecture.addresses import Address, list_addresses
from tests.architecture.code import ROOT, list_modules
from tests.screens.authorization.lines import METHODS

# What machines ask: by the names that they expect, and never linked.
PROBES = {"console:healthz", "console:readyz", "console:metrics"}
MACHINES = PROBES | {"console:back-channel-logout"}

# What changes something and has no page of its own.
POST_ONLY = {name for name, methods in METHODS.items() if methods == {"POST"}}

# The pages that are not in the menu, and where a link to each of them is.
REACHED_FROM = {
    "console:sign-in": "wherever a person without a session goes",
    "console:sign-in-callback": "the provider",
    "console:sign-in-again": "a form that needs a recent sign-in",
    "apiclients:create": "the list",
    "apiclients:bulk-run": "the list, once clients are ticked",
    "apiclients:settings": "the list",
    "apiclients:credentials": "the client's tabs",
    "apiclients:secret-show": "its own answer, which is left and come back to",
    "apiclients:secret-regenerate": "Credentials, and Settings' danger zone",
    "apiclients:permissions": "the client's tabs",
    "apiclients:permissions-assign": "Client Permissions",
    "apiclients:tokens": "the client's tabs",
    "apiclients:token-inspect": "its own answer",
    "apiclients:token-test": "its own answer",
    "apiclients:token-revoke": "Tokens",
    "apiclients:activity": "the client's tabs",
    "apiclients:disable": "the client's menu",
    "apiclients:enable": "the client's menu",
    "apiclients:delete": "the client's menu",
    "audit:entry": "the audit log",
    "clusters:overview": "the list of clusters",
    "clusters:setup": "the list of clusters, and the cluster's tabs",
    "clusters:flags": "the cluster's Setup",
    "clusters:restart": "the dialog of the feature flags",
}
# These never have a link in a template.
NO_LINK = {"console:sign-in", "console:sign-in-callback", "console:sign-in-again"}

ADDRESSES = list_addresses()


def test_the_addresses_were_found() -> None:
    assert {"console:home", "apiclients:delete", "audit:entry"} <= {
        address.name for address in ADDRESSES
    }


def test_every_page_is_in_the_menu_or_reached_from_another() -> None:
    pages = {address.name for address in ADDRESSES} - POST_ONLY - PROBES
    menu = {item.url_name for item in ITEMS}

    assert menu | set(REACHED_FROM) == pages
    assert not menu & set(REACHED_FROM)


def test_a_link_or_form_leads_to_every_address() -> None:
    templates = "".join(
        file.read_text() for file in (ROOT / "templates").rglob("*.html")
    )
    linked = set(re.findall(r'{%\s*url\s+"([a-z:-]+)"', templates))
    linked |= {item.url_name for item in ITEMS} | NO_LINK | MACHINES

    assert {address.name for address in ADDRESSES} <= linked


def test_no_link_leads_nowhere() -> None:
    templates = [file.read_text() for file in (ROOT / "templates").rglob("*.html")]
    code = [module.text for module in list_modules() if "sandbox" not in module.name]
    named = set(re.findall(r'{%\s*url\s+"([^"]+)"', "".join(templates)))
    named |= set(
        re.findall(r'(?:reverse|redirect)\(\s*"([a-z]+:[a-z-]+)"', "".join(code))
    )

    assert named <= {address.name for address in ADDRESSES}


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.name)
def test_names_are_in_kebab_case_and_paths_end_with_a_slash(address: Address) -> None:
    assert re.fullmatch(r"[a-z]+:[a-z]+(-[a-z]+)*", address.name)
    assert address.path.endswith("/") or address.name in PROBES
