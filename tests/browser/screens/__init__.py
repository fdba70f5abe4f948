"""Every page of the console and what it can look like, each with the way to it."""

from tests.browser.screens import (
    activity,
    audit,
    bulk,
    client,
    client_list,
    clusters,
    overview,
    permissions,
    problems,
    signed_out,
    tokens,
)
from tests.browser.screens.stage import SCREENS, Stage

__all__ = [
    "SCREENS",
    "Stage",
    "activity",
    "audit",
    "bulk",
    "client",
    "client_list",
    "clusters",
    "overview",
    "permissions",
    "problems",
    "signed_out",
    "tokens",
]
