"""Work that no page should wait for."""

from django_tasks import task

from clusters import selectors
from gateways.keycloak.models import Roles


@task()
def read_clusters() -> None:
    """Bring the remembered figures up to date, if there is a Manager."""
    if selectors.is_configured():
        selectors.list_clusters(Roles())
