"""What the shell keeps: whose sessions there are, and what was used up."""

from django.db import models


class SignedInSession(models.Model):
    """Whose browser session this is, so that the provider can end it.

    `sid` is the provider's session that it came from; empty if it does not say.
    """

    session_key = models.CharField(primary_key=True, max_length=40)
    subject = models.CharField(max_length=255, db_index=True)
    sid = models.CharField(max_length=255, blank=True, db_index=True)

    def __str__(self) -> str:
        return self.session_key


class LogoutToken(models.Model):
    """A logout token that was used, by `jti`: each works once."""

    jti = models.CharField(primary_key=True, max_length=255)
    used_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.jti


class Allowance(models.Model):
    """How often something was done in one window of time, by one person or by all."""

    key = models.CharField(max_length=600)
    window = models.DateTimeField(db_index=True)
    used = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["key", "window"], name="one_allowance_per_key_and_window"
            ),
        )

    def __str__(self) -> str:
        return f"{self.key} {self.used}"
