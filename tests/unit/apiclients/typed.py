"""Forms as people fill them in."""

from typing import Any
from uuid import uuid4

from django.forms import Form

from apiclients.forms import CreateForm
from apiclients.lifespans import Limits

LIMITS = Limits(default=300, cap=10 * 86400)


def create(limits: Limits = LIMITS, **typed: Any) -> CreateForm:
    data = {
        "client_id": "svc-reports",
        "lifespan_choice": "default",
        "operation": str(uuid4()),
        **typed,
    }
    return CreateForm(data, limits=limits)


def own(number: Any, unit: str = "minutes", **typed: Any) -> CreateForm:
    return create(
        lifespan_choice="own", lifespan_number=number, lifespan_unit=unit, **typed
    )


def messages(form: Form, name: str) -> list[str]:
    return [str(message) for message in form.errors.get(name, [])]
