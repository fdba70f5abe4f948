"""What is remembered of clusters, for pages that ask no other service."""

from typing import Self

from django.db import models


class ClusterFigures(models.Model):
    """How many clusters there were when they were last read, and with OAuth 2.0 on."""

    clusters = models.PositiveIntegerField(default=0)
    with_oauth = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.with_oauth} of {self.clusters}"

    @classmethod
    def get(cls) -> Self:
        """Unsaved, with no `read_at`, until they were read."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)
