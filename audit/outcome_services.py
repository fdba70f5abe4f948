"""What people do about an outcome that nobody knows."""

from audit import locks, reconciling
from audit.reconciling import Progress
from audit.selectors import get_entry
from console import access
from console.access import Actor


class NotReleasableError(Exception):
    """The outcome is known, or it is not for a person to release yet."""


def settle_now(entry_id: int) -> Progress:
    """Look at once what became of a change. Changes nothing upstream.

    Raises Http404.
    """
    get_entry(entry_id)
    return reconciling.look_at(entry_id)


def release_object(entry_id: int, *, actor: Actor, reason: str) -> None:
    """Take the lock of a change from its object, on record and with a reason.

    It gives nobody a right, as the next change asks for its own.
    Raises NotReleasableError, Http404.
    """
    get_entry(entry_id)
    confirmed = access.confirm(actor)
    lock = locks.find_of(entry_id)
    if lock is None or not reconciling.may_release(lock):
        raise NotReleasableError
    reconciling.record_release(lock, actor=confirmed, reason=reason)
