"""What the Overview shows: the way to a first token, figures, the latest entries."""

from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from apiclients.figures import Figures
from clusters.models import ClusterFigures
from console import policy
from gateways.keycloak.advisories import Advisory, Version, known_against
from gateways.keycloak.models import Roles


@dataclass(frozen=True, slots=True)
class Step:
    """One step of Imply's OAuth flow, and how it stands."""

    label: str
    state: str
    done: bool
    link: str
    url: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that leads to the list with the filter that it counts."""

    number: int
    label: str
    url: str


def list_advisories(roles: Roles) -> list[Advisory]:
    """What is known against Keycloak itself, for those who can see to it.

    A version that is none is named by `manage.py check --deploy`.
    """
    if policy.administers_account(roles):
        with suppress(ValueError):
            return known_against(Version.parse(settings.KEYCLOAK_VERSION))
    return []


def list_steps(figures: Figures, clusters: ClusterFigures) -> list[Step]:
    """Without the step about clusters where no Imply Manager is configured."""
    steps = [_enable_oauth(clusters)] if settings.IMPLY_MANAGER_URL else []
    return [*steps, *_client_steps(figures)]


def _enable_oauth(clusters: ClusterFigures) -> Step:
    known = f"{clusters.with_oauth} of {_count(clusters.clusters, 'cluster')}"
    return Step(
        "Enable OAuth 2.0",
        known if clusters.read_at else "The clusters were not read yet",
        clusters.with_oauth > 0,
        "Clusters",
        reverse("clusters:list"),
    )


def _client_steps(figures: Figures) -> list[Step]:
    clients = reverse("apiclients:list")
    bare = figures.without_permissions
    return [
        Step(
            "Create an API client",
            _count(figures.clients, "client"),
            figures.clients > 0,
            "API Clients" if figures.clients else "Create API Client",
            clients if figures.clients else reverse("apiclients:create"),
        ),
        Step(
            "Assign permissions",
            f"{_count(bare, 'client')} without any" if bare else "All have some",
            figures.clients > 0 and not bare,
            "Show these clients" if bare else "Choose a client",
            f"{clients}?permissions=none" if bare else clients,
        ),
        Step(
            "Get a token",
            f"{_count(figures.used, 'client')} got one",
            figures.used > 0,
            "Choose a client",
            clients,
        ),
    ]


def list_figures(figures: Figures, *, watched_long: bool) -> list[Figure]:
    """`watched_long`: whether "not used for 90 days" can be known already."""
    clients = reverse("apiclients:list")
    return [
        Figure(figures.clients, "API clients", clients),
        Figure(
            figures.old_secrets,
            "Secrets older than 90 days",
            f"{clients}?secret_age=90",
        ),
        Figure(figures.unused, "Not used for 90 days", f"{clients}?last_used=not-90")
        if watched_long
        else Figure(
            figures.never_seen,
            "Not used since watching began",
            f"{clients}?last_used=never",
        ),
        Figure(
            figures.long_lived,
            "Token lifespan above 1 hour",
            f"{clients}?lifespan=long",
        ),
    ]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
