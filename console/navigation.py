"""The menu, as data."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Item:
    label: str
    url_name: str
    icon: str
    namespace: str
    needs: str = ""  # a setting without which there is nothing to go to

    @property
    def shown(self) -> bool:
        return not self.needs or bool(getattr(settings, self.needs))


ITEMS = (
    Item("Overview", "console:home", "layout-dashboard", "console"),
    Item("API Clients", "apiclients:list", "key", "apiclients"),
    Item("Clusters", "clusters:list", "stack-2", "clusters", "IMPLY_MANAGER_URL"),
    Item("Audit log", "audit:list", "history", "audit"),
)
