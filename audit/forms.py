"""The filters of the audit log."""

from typing import Any

from django import forms
from django.core.exceptions import BadRequest

from audit.exports.formats import FORMATS
from audit.models import Action, Outcome
from console.forms import ConsoleForm


class FilterForm(ConsoleForm):
    """What cannot be understood is left out."""

    since = forms.DateTimeField(
        label="From",
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
    )
    until = forms.DateTimeField(
        label="To",
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
    )
    person = forms.CharField(
        required=False,
        max_length=100,
        widget=forms.TextInput({"placeholder": "Whole username or name"}),
    )
    action = forms.ChoiceField(required=False, choices=[("", "Any"), *Action.choices])
    object = forms.CharField(
        label="API client or cluster",
        required=False,
        max_length=100,
        widget=forms.TextInput({"placeholder": "Whole ID"}),
    )
    outcome = forms.ChoiceField(required=False, choices=[("", "Any"), *Outcome.choices])
    address = forms.CharField(
        label="Address",
        required=False,
        max_length=45,
        widget=forms.TextInput({"placeholder": "Whole IP address"}),
    )

    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


class ExportForm(ConsoleForm):
    """The buttons of the menu **Export**: each sends a format."""

    format = forms.ChoiceField(
        choices=[(name, format_.label) for name, format_ in FORMATS.items()]
    )

    def wanted(self) -> str:
        """Raises BadRequest: no button sends anything else."""
        if not self.is_valid():
            raise BadRequest("no such format")
        name: str = self.cleaned_data["format"]
        return name


class ReleaseForm(ConsoleForm):
    """It has no operation key: what is released once cannot be released again."""

    reason = forms.CharField(
        max_length=400,
        label="Reason",
        help_text="What you looked at, and what you found.",
        error_messages={"required": "Say what you looked at, and what you found."},
    )
