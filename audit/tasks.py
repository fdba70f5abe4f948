"""Work on the log that no page should wait for."""

from django_tasks import task

from audit import checkpoints, forwarding, monitor, reconciling


@task()
def sign_checkpoint() -> None:
    """Sign where the chain ends, if something came since the last time."""
    checkpoints.make_checkpoint()


@task()
def verify_new_records() -> None:
    monitor.verify_new()


@task()
def verify_all_records() -> None:
    monitor.verify_all()


@task()
def forward_records() -> None:
    """Ship what was recorded since the last time to the collector."""
    forwarding.forward_records()


@task()
def settle_outcomes() -> None:
    """Look at the changes whose outcome nobody knows."""
    reconciling.look_at_all()


def settle_soon(**_signal: object) -> None:
    """An outcome was lost a moment ago."""
    settle_outcomes.enqueue()
