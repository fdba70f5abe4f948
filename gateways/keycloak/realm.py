"""The organization itself: a Keycloak realm."""

from gateways.keycloak.models import RealmDefaults
from gateways.transport import Transport


class RealmGateway:
    """Settings of one realm."""

    def __init__(self, transport: Transport, *, realm: str) -> None:
        self._http = transport
        self._realm = ("admin", "realms", realm)

    def get_defaults(self) -> RealmDefaults:
        """Needs view-realm."""
        return self._http.get(*self._realm, parse=RealmDefaults.from_json)
