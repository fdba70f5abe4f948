"""What all forms share: the looks of a field, and the key that makes them work once."""

import uuid
from typing import Any

from django import forms


class ConsoleForm(forms.Form):
    """A form whose widgets carry Tabler's class names."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            name = _css_class(field.widget)
            if name:
                field.widget.attrs.setdefault("class", name)


class OperationForm(ConsoleForm):
    """A form that changes something. Its operation key is made when it is shown."""

    operation = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        initial = {"operation": uuid.uuid4(), **(kwargs.pop("initial", None) or {})}
        super().__init__(*args, initial=initial, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.has_error("operation"):
            del self.errors["operation"]
            self.add_error(None, "The form was not complete. Send it again.")
            self.renew()
        return cleaned

    def renew(self) -> None:
        """Another key, for sending what was typed a second time."""
        self.data = {**dict(self.data.items()), "operation": str(uuid.uuid4())}


def _css_class(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect):
        return "form-check-input"
    if isinstance(widget, forms.Select):
        return "form-select"
    return "" if isinstance(widget, forms.HiddenInput) else "form-control"
