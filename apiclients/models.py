"""The client index: what the list shows, read from Keycloak. It holds no secret."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone

# A pass that was asked for or began this long ago without an end has died.
PASS_EXPIRES_AFTER = timedelta(minutes=15)


class IndexedClient(models.Model):
    """One API client as it was in Keycloak at `synced_at`.

    `protected`: its service account could administer Keycloak, so it is invisible here.
    """

    uuid = models.CharField(primary_key=True, max_length=36)
    client_id = models.CharField(max_length=255)
    description = models.CharField(max_length=255, blank=True)
    owner = models.CharField(max_length=255, blank=True)
    enabled = models.BooleanField()
    access_token_lifespan = models.IntegerField(null=True)
    secret_created_at = models.DateTimeField(null=True)
    protected = models.BooleanField(default=False)
    synced_at = models.DateTimeField()

    class Meta:
        indexes = tuple(
            models.Index(fields=["protected", column, "uuid"], name=f"client_by_{name}")
            for name, column in (
                ("id", "client_id"),
                ("status", "enabled"),
                ("lifespan", "access_token_lifespan"),
                ("secret_age", "secret_created_at"),
                ("owner", "owner"),
            )
        )

    def __str__(self) -> str:
        return self.client_id


class Synchronisation(models.Model):
    """How the index stands; one row. Also keeps the organization's lifespans (s)."""

    requested_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True)
    clients_so_far = models.PositiveIntegerField(default=0)
    access_token_lifespan = models.PositiveIntegerField(null=True)
    session_limit = models.PositiveIntegerField(null=True)

    def __str__(self) -> str:
        return self.state

    @classmethod
    def get(cls) -> Self:
        return cls.objects.get_or_create(pk=1)[0]

    @property
    def state(self) -> str:
        """never, running, current or failed."""
        ended = max(filter(None, (self.finished_at, self.failed_at)), default=None)
        begun = max(filter(None, (self.started_at, self.requested_at)), default=None)
        alive = begun and begun > timezone.now() - PASS_EXPIRES_AFTER
        if begun and alive and (ended is None or begun > ended):
            return "running"
        if ended is None:
            return "never"
        return "failed" if ended == self.failed_at else "current"
