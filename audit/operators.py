"""Who runs a command: known to the machine, not to Keycloak."""

import getpass
import uuid

from console.access import Actor
from gateways.keycloak.models import Roles

ISSUER = "local"


def operator() -> Actor:
    """The machine's user. Holds no role: what a command may do, its files decide."""
    username = getpass.getuser()
    return Actor(
        issuer=ISSUER,
        subject=username,
        username=username,
        name=username,
        roles=Roles(),
        roles_read_at=0,
        request_id=f"cmd-{uuid.uuid4().hex[:12]}",
    )
