"""An operation key belongs to one person and one content of a form.

So a key that is sent with other values, or by somebody else, does nothing.
"""

from uuid import UUID

from django.utils import timezone

from audit.models import SentForm
from console.access import Actor


class FormUsedError(Exception):
    """Something else was sent with this key, or by someone else. Nothing was sent."""


def bind(operation: UUID, actor: Actor) -> None:
    """Make the key this person's. In the transaction of the first intent with it.

    Raises FormUsedError.
    """
    form, is_new = SentForm.objects.get_or_create(
        operation=operation,
        defaults={
            "actor_issuer": actor.issuer,
            "actor_subject": actor.subject,
            "content": actor.form,
            "at": timezone.now(),
        },
    )
    if not is_new:
        _demand_own(form, actor)


def demand_own(operation: UUID, actor: Actor) -> None:
    """Raises FormUsedError. A key that nothing was done with is anybody's."""
    form = SentForm.objects.filter(operation=operation).first()
    if form:
        _demand_own(form, actor)


def _demand_own(form: SentForm, actor: Actor) -> None:
    bound_to = (form.actor_issuer, form.actor_subject, form.content)
    if bound_to != (actor.issuer, actor.subject, actor.form):
        raise FormUsedError
