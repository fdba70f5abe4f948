"""The cluster screens, one function a page."""

from clusters.views.pages import (
    cluster_flags,
    cluster_list,
    cluster_overview,
    cluster_setup,
)
from clusters.views.restart import cluster_restart

__all__ = [
    "cluster_flags",
    "cluster_list",
    "cluster_overview",
    "cluster_restart",
    "cluster_setup",
]
