"""What an API client may do, as Keycloak has it now."""

from console import policy
from gateways import configured
from gateways.keycloak.models import Client, Roles


def read_roles(client: Client, account: str) -> Roles:
    """What the client's service account holds now, and what its tokens carry.

    Its own scopes can keep roles out of an example token that a request brings back,
    so what it holds is read through the console's client. Its own mappers can add roles
    that it does not hold, so it is read through itself as well (docs/adr/0015).
    """
    gateway = configured.roles()
    console = configured.console_uuid()
    held = gateway.get_effective_roles(account, through_client=console)
    if client.breaks_tokens:  # a lifespan with which not even an example is made
        return held
    return held | gateway.get_effective_roles(account, through_client=client.uuid)


def is_protected(client: Client) -> bool:
    """Whether it could administer Keycloak: three calls."""
    account = configured.clients().get_service_account_id(client.uuid)
    return policy.is_protected(read_roles(client, account))
