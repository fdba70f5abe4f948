"""The filters of the audit log."""

from typing import Any

from django import forms

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
        required=False, max_length=100, widget=forms.TextInput({"placeholder": "Any"})
    )
    action = forms.ChoiceField(required=False, choices=[("", "Any"), *Action.choices])
    object = forms.CharField(
        label="API client or cluster",
        required=False,
        max_length=100,
        widget=forms.TextInput({"placeholder": "Any"}),
    )
    outcome = forms.ChoiceField(required=False, choices=[("", "Any"), *Outcome.choices])

    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data
