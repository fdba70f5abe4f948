"""Work that no page should wait for."""

from django.utils import timezone
from django_tasks import task

from apiclients import login_events, synchronisation
from apiclients.bulk import work
from apiclients.models import Synchronisation


@task()
def synchronise() -> None:
    """Bring the client index up to date with Keycloak."""
    synchronisation.synchronise()


@task()
def read_login_events() -> None:
    """Count the tokens that clients got since the last reading."""
    login_events.read_login_events()


@task(priority=10)  # somebody waits for it, before a whole synchronisation
def work_off_bulk_run(pk: str) -> None:
    """Do what a person confirmed for several clients."""
    work.work_off(pk)


def request_synchronisation() -> None:
    """Ask for a pass now, unless one is asked for or under way."""
    if Synchronisation.get().state != "running":
        Synchronisation.objects.filter(pk=1).update(
            requested_at=timezone.now(), clients_so_far=0
        )
        synchronise.enqueue()
