"""The record of everything that was done or tried: written once, never changed.

Plain values only: an entry must stay readable when what it tells of is long gone.
"""

from typing import Self

from django.db import models


class Action(models.TextChoices):
    """What was done. A value is permanent: never renamed, never used again."""

    SIGN_IN = "session.sign_in", "Signed in"
    SIGN_IN_AGAIN = "session.sign_in_again", "Signed in again"
    SIGN_OUT = "session.sign_out", "Signed out"
    ACCESS_REFUSE = "session.refuse", "Was refused"
    CLIENT_CREATE = "client.create", "Created"
    CLIENT_UPDATE = "client.update", "Changed"
    CLIENT_ENABLE = "client.enable", "Enabled"
    CLIENT_DISABLE = "client.disable", "Disabled"
    CLIENT_DELETE = "client.delete", "Deleted"
    SECRET_SHOW = "client_secret.show", "Showed the secret"
    SECRET_COPY = "client_secret.copy", "Copied the secret"
    SECRET_REGENERATE = "client_secret.regenerate", "Regenerated the secret"
    ROLE_ASSIGN = "client_role.assign", "Assigned permissions"
    ROLE_REMOVE = "client_role.remove", "Removed permissions"
    TOKEN_DOWNLOAD = "token.download", "Downloaded a token"
    TOKEN_INSPECT = "token.inspect", "Inspected a token"
    TOKEN_TEST = "token.test", "Tested"
    TOKEN_REVOKE = "token.revoke", "Revoked the tokens"
    LIST_EXPORT = "list.export", "Exported the list"
    AUDIT_EXPORT = "audit.export", "Exported the audit log"
    CLUSTER_FLAGS = "cluster.flags", "Changed feature flags"
    CLUSTER_RESTART = "cluster.restart", "Restarted"
    LOG_ARCHIVE = "log.archive", "Archived the log"
    OUTCOME_RELEASE = "outcome.release", "Released"


class Outcome(models.TextChoices):
    SUCCEEDED = "succeeded", "Succeeded"
    FAILED = "failed", "Failed"
    UNKNOWN = "unknown", "Unknown"


class Phase(models.TextChoices):
    """An intent is followed by its outcome; an event stands alone and has its own."""

    INTENT = "intent"
    OUTCOME = "outcome"
    EVENT = "event"


class Record(models.Model):
    """One line of the log. Database triggers refuse UPDATE and DELETE.

    An outcome names its intent and repeats who, what and on what, so that it can be
    read alone. `audit.chain.append` saves it, and gives it its number and its hashes.
    """

    id = models.BigAutoField(primary_key=True)
    # 1: written before there was a chain, by numbers with gaps, and chained later.
    schema_version = models.PositiveSmallIntegerField(default=2)
    at = models.DateTimeField()
    phase = models.CharField(max_length=10, choices=Phase)
    intent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="outcomes", db_index=True
    )
    # Without choices, so that a new action needs no migration.
    action = models.CharField(max_length=50)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    explanation = models.CharField(max_length=500, blank=True)

    actor_issuer = models.CharField(max_length=300)
    actor_subject = models.CharField(max_length=255)
    actor_username = models.CharField(max_length=255)
    actor_name = models.CharField(max_length=255, blank=True)
    address = models.CharField(max_length=45, blank=True)
    request_id = models.CharField(max_length=40)
    operation = models.UUIDField(null=True)

    object_type = models.CharField(max_length=20, blank=True)
    object_id = models.CharField(max_length=100, blank=True)
    object_name = models.CharField(max_length=255, blank=True)
    changes = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True)

    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = (
            # The operation key of a form: sending it twice does the work once.
            models.UniqueConstraint(
                fields=["operation"],
                condition=models.Q(phase=Phase.INTENT),
                name="one_intent_per_operation",
            ),
        )
        # The list is read from IndexedEntry.
        indexes = (models.Index(fields=["object_id", "-id"], name="record_object_id"),)

    def __str__(self) -> str:
        return f"{self.id} {self.action} {self.object_name} {self.outcome}".strip()


class ChainHead(models.Model):
    """Where the chain ends: the one row, which each writer locks while it appends."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    sequence = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash}"


class Purpose(models.TextChoices):
    """What a signature vouches for. Values are permanent, because they are signed."""

    CHECKPOINT = "checkpoint", "The chain was this long and ended like this"
    ARCHIVE = "archive", "Everything up to here was moved to an archive"


class Checkpoint(models.Model):
    """A signed statement about the chain. Triggers refuse UPDATE and DELETE."""

    purpose = models.CharField(max_length=10, choices=Purpose)
    sequence = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    key_id = models.CharField(max_length=16)
    signature = models.CharField(max_length=88)

    class Meta:
        indexes = (models.Index(fields=["sequence"], name="checkpoint_sequence"),)

    def __str__(self) -> str:
        return f"{self.purpose} {self.sequence} {self.hash}"


class Verification(models.Model):
    """What the scheduled verification found last: one row."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    at = models.DateTimeField()
    # Up to here everything is as it was written, and from there the next run goes on.
    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)
    full_at = models.DateTimeField(null=True)
    # The first broken record, where there is one.
    kind = models.CharField(max_length=10, blank=True)
    broken = models.BigIntegerField(null=True)
    explanation = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind}".strip()


class IndexedEntry(models.Model):
    """An entry of the list: an intent as it stands now, or an event. A read model.

    Triggers of the database keep it, in the transaction that appends the record, so it
    is never behind; it can be deleted and filled again. Nothing here is proof: what an
    entry says is read from its records. Names are folded to lower case. `outcome` is
    empty while there is none, and `settled` is the record that it is from.
    """

    record = models.OneToOneField(
        Record,
        models.DO_NOTHING,
        primary_key=True,
        db_constraint=False,
        related_name="indexed",
    )
    settled = models.OneToOneField(
        Record,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        related_name="settles",
    )
    at = models.DateTimeField()
    action = models.CharField(max_length=50)
    outcome = models.CharField(max_length=10, blank=True)
    username = models.CharField(max_length=255)
    name = models.CharField(max_length=255, blank=True)
    object_name = models.CharField(max_length=255, blank=True)
    object_id = models.CharField(max_length=100, blank=True)
    address = models.CharField(max_length=45, blank=True)

    class Meta:
        # Each filter and the order of the list: a page is read off one of them.
        indexes = (
            models.Index(fields=["at", "record"], name="entry_by_time"),
            *(
                models.Index(fields=[name, "at", "record"], name=f"entry_by_{name}")
                for name in ("action", "outcome", "username", "name", "object_name")
            ),
            models.Index(fields=["object_id", "at", "record"], name="entry_by_id"),
            models.Index(fields=["address", "at", "record"], name="entry_by_address"),
        )

    def __str__(self) -> str:
        return f"{self.record_id} {self.action} {self.outcome}".strip()


class OpenIntent(models.Model):
    """The lock of an object: one change at a time, until its outcome is known.

    `lost_at`: since when nobody waits for the outcome any more. The rest is what
    reading it upstream has given so far, and who is at it.
    """

    object_key = models.CharField(max_length=300, primary_key=True)
    intent = models.OneToOneField(Record, models.PROTECT, related_name="lock")
    taken_at = models.DateTimeField()
    lost_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    reading = models.CharField(max_length=20, blank=True, default="")
    read_since = models.DateTimeField(null=True)
    finding = models.CharField(max_length=500, blank=True, default="")

    def __str__(self) -> str:
        return self.object_key


class Forwarding(models.Model):
    """How far the log was shipped to the collector; one row.

    `lease` is the forwarder at work: meanwhile no other ships, or moves the mark.
    """

    shipped_up_to = models.BigIntegerField(default=0)
    shipped_at = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=200, blank=True)
    retry_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"up to {self.shipped_up_to}"

    @classmethod
    def get(cls) -> Self:
        return cls.objects.get_or_create(pk=1)[0]


class SentForm(models.Model):
    """Whose a form's operation key is, and a hash of what the form said."""

    operation = models.UUIDField(primary_key=True)
    actor_issuer = models.CharField(max_length=300)
    actor_subject = models.CharField(max_length=255)
    content = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.operation)
