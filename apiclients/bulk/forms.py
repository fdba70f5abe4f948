"""What people type about several clients at once."""

import re
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator

from apiclients.forms import LifespanForm
from apiclients.models import BulkAction
from console.forms import ConsoleForm

MOST_CLIENTS = 100  # in one run
UUID = re.compile(r"[0-9a-f-]{36}")


class UuidsField(forms.MultipleChoiceField):
    """Clients by Keycloak's id. Whether they are there is not the form's to say."""

    def valid_value(self, value: Any) -> bool:
        return bool(UUID.fullmatch(str(value)))


class ChoiceForm(ConsoleForm):
    """The clients that were ticked in the list, and the button that was pressed."""

    clients = UuidsField(
        validators=[
            MaxLengthValidator(
                MOST_CLIENTS,
                "At most %(limit_value)s clients at once; you chose %(show_value)s.",
            )
        ],
        error_messages={
            "required": "Tick at least one client first.",
            "invalid_choice": "One of these is no client.",
        },
    )
    action = forms.ChoiceField(
        choices=BulkAction.choices,
        error_messages={
            "required": "The form was not complete. Send it again.",
            "invalid_choice": "There is no such action.",
        },
    )

    @property
    def problem(self) -> str:
        """What is wrong, for a page that does not show this form."""
        return " ".join(str(text) for errors in self.errors.values() for text in errors)


class RunForm(ConsoleForm):
    """Its key is the run's own: that is worked off once, however often it is sent."""

    reason = forms.CharField(label="Reason (optional)", max_length=500, required=False)


class RunLifespanForm(LifespanForm, RunForm):
    pass


class RunDeleteForm(RunForm):
    confirm = forms.CharField(
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Type the words to confirm."},
    )

    def __init__(self, *args: Any, words: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = words

    def clean_confirm(self) -> str:
        typed = str(self.cleaned_data["confirm"])
        if typed != self.words:
            raise forms.ValidationError(f"Type {self.words} exactly.")
        return typed
