"""What comes in at the cluster screens."""

from typing import Any

from django import forms

from clusters.flags import known_flags
from console.forms import ConsoleForm, OperationForm


class WantedForm(ConsoleForm):
    """What was ticked, and the version of the configuration that was seen then.

    Without a version nothing was ticked: it is about a restart alone.
    """

    seen = forms.IntegerField(min_value=0, required=False)
    wanted = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_known_flags(self)

    def wishes(self) -> dict[str, bool] | None:
        """For each known flag whether it shall be on; None: a restart alone."""
        if self.cleaned_data["seen"] is None:
            return None
        return _wishes(self)


class RestartForm(OperationForm):
    """The confirmation. `flags` says whether flags change, or only a restart is due."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    flags = forms.BooleanField(required=False, widget=forms.HiddenInput)
    wanted = forms.MultipleChoiceField(required=False, widget=forms.MultipleHiddenInput)
    reason = forms.CharField(
        label="Reason",
        required=False,
        max_length=500,
        help_text="Optional. Kept in the audit log.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_known_flags(self)

    def wishes(self) -> dict[str, bool] | None:
        return _wishes(self) if self.cleaned_data["flags"] else None


def _offer_known_flags(form: forms.Form) -> None:
    field = form.fields["wanted"]
    assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101
    field.choices = [(flag.key, flag.label) for flag in known_flags()]


def _wishes(form: forms.Form) -> dict[str, bool]:
    ticked = form.cleaned_data["wanted"]
    return {flag.key: flag.key in ticked for flag in known_flags()}
