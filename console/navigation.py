"""The menu, as data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    label: str
    url_name: str
    icon: str
    namespace: str


ITEMS = (
    Item("API Clients", "apiclients:list", "key", "apiclients"),
    Item("Audit log", "audit:list", "history", "audit"),
)
