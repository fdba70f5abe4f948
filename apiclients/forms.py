"""What people may type about an API client, and its limits."""

import re
from typing import Any
from uuid import uuid4

from django import forms
from django.core.validators import MaxLengthValidator, RegexValidator

from apiclients.fingerprints import version_of
from apiclients.lifespans import MINIMUM, RISKY, UNITS, Limits, split
from audit.wording import lifespan as in_words
from console.forms import ConsoleForm, OperationForm
from console.paging import SIZES
from gateways.keycloak.models import ClientChange

CLIENT_ID = RegexValidator(
    r"\A[a-z0-9][a-z0-9._-]*\Z",
    "Use only a-z, 0-9, dot, underscore and hyphen, and start with a letter or digit.",
)


MOST_ROLES = 100  # assigned by one form


class FilterForm(ConsoleForm):
    """The list's filters. What cannot be understood is left out."""

    q = forms.CharField(
        required=False,
        max_length=200,
        label="Search by client ID or description",
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    status = forms.ChoiceField(
        required=False,
        choices=[("", "Any"), ("enabled", "Enabled"), ("disabled", "Disabled")],
    )
    last_used = forms.ChoiceField(
        required=False,
        choices=[
            ("", "Any"),
            ("7", "7 days"),
            ("30", "30 days"),
            ("90", "90 days"),
            ("not-90", "Not for 90 days"),
            ("never", "Not used"),
        ],
    )
    secret_age = forms.ChoiceField(
        required=False,
        choices=[
            ("", "Any"),
            ("30", "Above 30 days"),
            ("90", "Above 90 days"),
            ("365", "Above 1 year"),
        ],
    )
    lifespan = forms.ChoiceField(
        label="Token lifespan",
        required=False,
        choices=[("", "Any"), ("default", "Default"), ("long", "Above 1 hour")],
    )
    permissions = forms.ChoiceField(
        required=False,
        choices=[("", "Any"), ("none", "None yet"), ("some", "Some")],
    )
    owner = forms.CharField(
        required=False, max_length=100, widget=forms.TextInput({"placeholder": "Any"})
    )
    sort = forms.CharField(required=False, widget=forms.HiddenInput)
    size = forms.TypedChoiceField(
        required=False,
        label="Rows",
        coerce=int,
        empty_value=None,
        choices=[(size, str(size)) for size in SIZES],
    )

    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


class LifespanForm(ConsoleForm):
    """The fields of the Access Token Lifespan editor."""

    lifespan_choice = forms.ChoiceField(
        label="Access Token Lifespan",
        choices=[("default", "Organization default"), ("own", "This client's own")],
        widget=forms.RadioSelect,
        initial="default",
    )
    lifespan_number = forms.CharField(
        label="Number",
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    lifespan_unit = forms.ChoiceField(
        label="Unit", choices=[(u, u) for u in UNITS], initial="minutes", required=False
    )
    accept_risk = forms.BooleanField(label="I understand the risk", required=False)

    def __init__(self, *args: Any, limits: Limits, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.limits = limits
        choices = self.fields["lifespan_choice"]
        assert isinstance(choices, forms.ChoiceField)  # noqa: S101  # for the types
        choices.choices = [
            ("default", f"Organization default ({in_words(limits.default)})"),
            ("own", "This client's own"),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["lifespan"] = None
        if cleaned.get("lifespan_choice") == "own":
            self._clean_own(cleaned)
        return cleaned

    def _clean_own(self, cleaned: dict[str, Any]) -> None:
        if self.has_error("lifespan_number") or self.has_error("lifespan_unit"):
            return
        number = (cleaned.get("lifespan_number") or "").strip()
        problem = ""
        seconds = 0
        if not number:
            problem = "Enter a number, or choose the organization default."
        elif not (number.isascii() and number.isdigit()):
            problem = "Enter a whole number, for example 15."
        else:
            seconds = int(number) * UNITS[cleaned.get("lifespan_unit") or "seconds"]
            problem = self._out_of_range(seconds)
        if problem:
            self.add_error("lifespan_number", problem)
            return
        cleaned["lifespan"] = seconds
        if seconds > RISKY and not cleaned.get("accept_risk"):
            self.add_error(
                "accept_risk", "Above 1 day: tick that you understand the risk."
            )

    def _out_of_range(self, seconds: int) -> str:
        if seconds < MINIMUM:
            return "At least 1 minute."
        if seconds > self.limits.cap:
            cap = in_words(self.limits.cap)
            return f"At most {cap}: the organization's session limit caps it."
        return ""


class DetailsForm(LifespanForm, OperationForm):
    """What both creating and changing ask for."""

    description = forms.CharField(max_length=255, required=False)
    owner = forms.CharField(
        max_length=255, required=False, help_text="E-mail address or team"
    )

    def wanted(self, *, enabled: bool) -> ClientChange:
        return ClientChange(
            description=self.cleaned_data["description"],
            owner=self.cleaned_data["owner"],
            enabled=enabled,
            access_token_lifespan=self.cleaned_data["lifespan"],
        )


class CreateForm(DetailsForm):
    client_id = forms.CharField(
        label="API Client ID",
        min_length=3,
        max_length=100,
        validators=[CLIENT_ID],
        help_text="3 to 100 of a-z, 0-9, dot, underscore, hyphen. Cannot be changed.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": "Enter an ID, for example svc-reports.",
            "min_length": "Use at least 3 characters.",
            "max_length": "Use at most 100 characters.",
        },
    )
    field_order = ("client_id", "description", "owner")


class SettingsForm(DetailsForm):
    """`version` is what the person saw, to notice when someone else changed it."""

    enabled = forms.BooleanField(label="This client can get tokens", required=False)
    version = forms.CharField(widget=forms.HiddenInput, max_length=2000)

    @staticmethod
    def initial_for(client: ClientChange) -> dict[str, Any]:
        lifespan = client.access_token_lifespan
        own = lifespan is not None and lifespan > 0
        number, unit = split(lifespan) if own and lifespan else (None, "minutes")
        return {
            "description": client.description,
            "owner": client.owner,
            "enabled": client.enabled,
            "lifespan_choice": "own" if own else "default",
            "lifespan_number": number,
            "lifespan_unit": unit,
            "version": version_of(client),
        }

    def with_version_of(self, client: ClientChange) -> "SettingsForm":
        """The same values over a newer state of the client, as a new operation."""
        data = {**self.data.dict(), "version": version_of(client)}  # type: ignore[attr-defined]
        data["operation"] = str(uuid4())
        return SettingsForm(data, limits=self.limits)


class ReasonForm(OperationForm):
    reason = forms.CharField(label="Reason (optional)", max_length=500, required=False)


class DeleteForm(ReasonForm):
    confirm = forms.CharField(
        max_length=255,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Type the client's ID to confirm."},
    )


class RoleIdsField(forms.MultipleChoiceField):
    """Roles by Keycloak's id. Whether one may assign them is not the form's to say."""

    def valid_value(self, value: Any) -> bool:
        return 0 < len(str(value)) <= 36


class AssignForm(OperationForm):
    q = forms.CharField(
        required=False,
        max_length=200,
        label="Search roles",
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    roles = RoleIdsField(
        label="Roles",
        validators=[MaxLengthValidator(MOST_ROLES)],
        error_messages={
            "required": "Tick at least one role.",
            "invalid_choice": "One of these is no role.",
        },
    )


class RemoveForm(OperationForm):
    role = forms.CharField(max_length=36)


class ForgetfulTextarea(forms.Textarea):
    """Never says again what was typed, like a field for passwords."""

    def format_value(self, _value: Any) -> None:
        return None


class TokenForm(ConsoleForm):
    token = forms.CharField(
        label="Access token",
        max_length=20_000,
        widget=ForgetfulTextarea(
            attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}
        ),
        error_messages={
            "required": "Paste an access token.",
            "max_length": "This is too long for an access token.",
        },
    )

    def clean_token(self) -> str:
        """Without the word before it in a header, and without line breaks."""
        text = "".join(str(self.cleaned_data["token"]).split())
        return re.sub(r"^bearer(?=ey)", "", text, flags=re.IGNORECASE)
