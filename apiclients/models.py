"""The client index: what the list shows, read from Keycloak. It holds no secret.

And what the screens keep besides: counts of use, the role catalogue, bulk runs.
"""

from datetime import timedelta
from typing import Self
from uuid import UUID, uuid4, uuid5

from django.db import models
from django.utils import timezone

# A pass that was asked for or began this long ago without an end has died.
PASS_EXPIRES_AFTER = timedelta(minutes=15)

# What the list is filtered by, besides the status.
FACETS = ("access_token_lifespan", "permissions", "last_used_at", "secret_created_at")


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
    last_used_at = models.DateTimeField(null=True)
    permissions = models.PositiveIntegerField(null=True)
    protected = models.BooleanField(default=False)
    synced_at = models.DateTimeField()

    class Meta:
        # By each column that the list is sorted or filtered by. "enabled" goes along:
        # a walk to the disabled ones need not look at every row. Along the usual order
        # it need not for any filter.
        indexes = (
            *(
                models.Index(
                    fields=["protected", column, "uuid", "enabled", *more],
                    name=f"client_by_{name}",
                )
                for name, column, more in (
                    ("id", "client_id", (*FACETS, "owner")),
                    ("lifespan", "access_token_lifespan", ()),
                    ("secret_age", "secret_created_at", ()),
                    ("owner", "owner", ()),
                    ("last_used", "last_used_at", ()),
                    ("permissions", "permissions", ()),
                )
            ),
            models.Index(
                fields=["protected", "enabled", "uuid"], name="client_by_status"
            ),
            # For several filters at once.
            models.Index(
                fields=["protected", "enabled", *FACETS, "uuid"],
                name="client_by_facets",
            ),
        )

    def __str__(self) -> str:
        return self.client_id


class ClientCount(models.Model):
    """How many clients the list has, enabled or not; triggers of the database count.

    To count a large table anew would cost more than all else on a page.
    """

    enabled = models.BooleanField(primary_key=True)
    clients = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.clients} {'enabled' if self.enabled else 'disabled'}"


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
    permissions_counted_at = models.DateTimeField(null=True)

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


class ClientUse(models.Model):
    """When and from where a client got tokens, as the login events tell.

    By client_id, as events name it. `addresses` has the latest first. Tokens that the
    console itself got are not counted.
    """

    client_id = models.CharField(primary_key=True, max_length=255)
    last_used_at = models.DateTimeField(null=True)
    addresses = models.JSONField(default=list)
    last_failed_at = models.DateTimeField(null=True)
    last_failure = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return self.client_id


class DailyUse(models.Model):
    """How many tokens a client got on one day (UTC), and how often it was refused."""

    client_id = models.CharField(max_length=255)
    day = models.DateField(db_index=True)
    tokens = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["client_id", "day"], name="one_row_per_client_and_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.client_id} {self.day}"


class Watch(models.Model):
    """How far the login events were read; one row.

    `read_up_to` in milliseconds, and the ids of the events of that very millisecond.
    """

    since = models.DateTimeField(null=True)
    keeps_logins = models.BooleanField(null=True)
    checked_at = models.DateTimeField(null=True)
    read_up_to = models.BigIntegerField(default=0)
    read_ids = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"since {self.since}"

    @classmethod
    def get(cls) -> Self:
        return cls.objects.get_or_create(pk=1)[0]


class CatalogueRole(models.Model):
    """A role of the organization or of an environment, as the last pass found it.

    By Keycloak's id. Of an organization role, `client_id` and `client_uuid` are empty.
    `contained` is what a composite holds, expanded, as [client_id, name]. `protected`:
    it could administer Keycloak. `everyone`: every client has it without being asked.
    """

    id = models.CharField(primary_key=True, max_length=36)
    name = models.CharField(max_length=255)
    client_id = models.CharField(max_length=255, blank=True)
    client_uuid = models.CharField(max_length=36, blank=True)
    scope = models.CharField(max_length=255)
    description = models.CharField(max_length=255, blank=True)
    composite = models.BooleanField()
    contained = models.JSONField(default=list)
    protected = models.BooleanField()
    everyone = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.scope}: {self.name}"


class MintedToken(models.Model):
    """A token that the console got for a client, by `jti` only: no use by its owner.

    Kept for a day, longer than it takes to read the login events.
    """

    jti = models.CharField(primary_key=True, max_length=255)
    minted_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.jti


class BulkAction(models.TextChoices):
    DISABLE = "disable", "Disable"
    ENABLE = "enable", "Enable"
    LIFESPAN = "lifespan", "Set lifespan"
    DELETE = "delete", "Delete"


class BulkRun(models.Model):
    """One action on several clients that a person chose, and then confirmed.

    What was sent, and what came of it, is in the audit log alone. `due_at`: from when
    on a worker may take it up; None while nobody has to. `stopped`: why it ended early.
    """

    uuid = models.UUIDField(primary_key=True, default=uuid4)
    action = models.CharField(max_length=10, choices=BulkAction)
    access_token_lifespan = models.PositiveIntegerField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    actor_issuer = models.CharField(max_length=300)
    actor_subject = models.CharField(max_length=255)
    actor_username = models.CharField(max_length=255)
    actor_name = models.CharField(max_length=255, blank=True)
    address = models.CharField(max_length=45, blank=True)
    request_id = models.CharField(max_length=40)

    chosen_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, db_index=True)
    stopped = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.action} {self.uuid}"


class BulkItem(models.Model):
    """One client of a run. `seen`: a mark of what the list showed of it."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RECORDED = "recorded"  # the audit log tells the rest
        NOT_SENT = "not_sent"  # for the reason in `explanation`

    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="items")
    uuid = models.CharField(max_length=36)
    client_id = models.CharField(max_length=255)
    seen = models.CharField(max_length=16)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    explanation = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["run", "uuid"], name="once_in_a_run"),
        )

    def __str__(self) -> str:
        return self.client_id

    @property
    def operation(self) -> UUID:
        """The key of its one write: always the same, so that it is never repeated."""
        return uuid5(self.run_id, self.uuid)
