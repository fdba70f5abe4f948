"""The clients of the demonstration realm that are there for a reason."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.seed_names import OPERATOR_ROLE, TEAM_ROLE


@dataclass(frozen=True)
class ApiClient:
    """A client for a program; `client_roles` are of environments or of the realm."""

    client_id: str
    description: str
    owner: str
    lifespan: int | None = None
    enabled: bool = True
    full_scope: bool = True
    realm_roles: tuple[str, ...] = ()
    client_roles: dict[str, tuple[str, ...]] = field(default_factory=dict)


SPECIAL_CLIENTS = (
    ApiClient(
        "svc-druid-ingest-prod",
        "Streams order events into Druid",
        "data-platform@northwind.example",
        lifespan=900,
        client_roles={"production": ("access-datasets", "change-data-cubes")},
    ),
    ApiClient(
        "kafka-connect-orders",
        "Kafka Connect sink for the orders topic",
        "stream-processing@northwind.example",
        client_roles={"production": ("change-data-cubes",)},
    ),
    ApiClient(
        "grafana-cluster-metrics",
        "Cluster metrics for the on-call dashboards",
        "observability@northwind.example",
        lifespan=3600,
        client_roles={
            "production": ("access-datasets",),
            "staging": ("access-datasets",),
        },
    ),
    ApiClient(
        "cluster-autoscaler",
        "Scales the Druid clusters with the load",
        "data-platform@northwind.example",
        client_roles={
            "production": ("manage-clusters",),
            "staging": ("manage-clusters",),
        },
    ),
    ApiClient(
        "dashboard-publisher",
        "Publishes dashboards from the repository",
        "bi-engineering@northwind.example",
        realm_roles=(TEAM_ROLE,),
    ),
    ApiClient(
        "quarterly-board-pack",
        "Collects the figures for the board, four times a year",
        "Mara Lindholm",
        lifespan=28800,
        realm_roles=("reports-reader", "billing-reader"),
        client_roles={"production": ("access-datasets",)},
    ),
    ApiClient("load-test-runner", "Load tests, no data", "Tom Becker"),
    ApiClient("onboarding-example", "What new colleagues try first", "Hana Sato"),
    # Nobody remembers what it is for.
    ApiClient("webhook-relay", "", "", lifespan=3600, enabled=False),
    ApiClient("poc-2024-vector-search", "Proof of concept", "Luca Ferrari", 86400),
    ApiClient(
        "markup-check",
        '<b>not bold</b> & "quoted"',
        "O'Neill & Sons <ops@northwind.example>",
        client_roles={"staging": ("access-datasets",)},
    ),
    ApiClient(
        "edge-gateway",
        "Full scope off: its tokens carry no roles",
        "security-operations@northwind.example",
        full_scope=False,
        client_roles={"production": ("access-datasets",)},
    ),
    ApiClient(
        "svc-customer-data-platform-realtime-segmentation-export-prod-eu-west-1",
        "Exports segments of the customer data platform, every few seconds, to the"
        " systems for campaigns, personalisation and customer success; it replaces"
        " the nightly export that the three of them used to read from a shared folder",
        "customer-success@northwind.example",
        lifespan=900,
        client_roles={"production": ("access-datasets",)},
    ),
    ApiClient(
        "platform-automation",
        "Provisions people from the directory",
        "security-operations@northwind.example",
        client_roles={"realm-management": ("manage-users",)},
    ),
    ApiClient(
        "legacy-provisioner",
        "Former provisioning job, to be replaced",
        "security-operations@northwind.example",
        realm_roles=(OPERATOR_ROLE,),
    ),
)

CONSOLE_CLIENT: dict[str, Any] = {
    "clientId": "api-client-console",
    "name": "API client console",
    "secret": "demonstration-only",
    "standardFlowEnabled": True,
    "directAccessGrantsEnabled": False,
    "serviceAccountsEnabled": True,
    "fullScopeAllowed": True,
    "redirectUris": ["${CONSOLE_URL:http://localhost:8000}/sign-in/callback/"],
    "attributes": {
        "pkce.code.challenge.method": "S256",
        "post.logout.redirect.uris": "${CONSOLE_URL:http://localhost:8000}/*",
        "backchannel.logout.url": (
            "${CONSOLE_URL:http://localhost:8000}/sign-out/back-channel/"
        ),
        "backchannel.logout.session.required": "true",
    },
}
CONSOLE_ROLES = ("manage-clients", "manage-users", "view-events", "view-realm")
# For the clusters screens only.
CONSOLE_ENVIRONMENT_ROLES = ("manage-clusters",)

# Clients that are not API clients: for browsers, for phones, and a resource.
OTHER_CLIENTS: tuple[dict[str, Any], ...] = (
    {
        "clientId": "pivot-web",
        "name": "Pivot",
        "description": "Pivot in the browser",
        "publicClient": True,
        "standardFlowEnabled": True,
        "redirectUris": ["https://pivot.northwind.example/*"],
        "attributes": {"pkce.code.challenge.method": "S256"},
    },
    {
        "clientId": "mobile-app",
        "name": "Northwind mobile",
        "description": "Dashboards on the phone",
        "publicClient": True,
        "standardFlowEnabled": True,
        "redirectUris": ["com.northwind.mobile:/callback"],
    },
    {
        "clientId": "imply-api",
        "description": "The API itself: checks tokens, asks for none",
        "bearerOnly": True,
        "standardFlowEnabled": False,
    },
)
PEOPLE = (
    ("account-admin", "Alice", "Moreau", ("administer-account",)),
    ("client-admin", "Bob", "Tanaka", ("administer-clients",)),
    ("visitor", "Carol", "Lindqvist", ()),
)
