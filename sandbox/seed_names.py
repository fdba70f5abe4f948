"""Words from which the demonstration realm is made."""

ROLES = {
    "manage-clusters": "Create, scale, upgrade and restart clusters",
    "administer-data-cubes": "Administer all data cubes, whoever owns them",
    "administer-dashboards": "Administer all dashboards, whoever owns them",
    "change-data-cubes": "Create and change data cubes",
    "access-datasets": "Query the datasets of the environment",
}
ENVIRONMENTS = {
    "production": "Production environment",
    "staging": "Staging environment",
}
REALM_ROLES = {
    "administer-account": "Administer the account: its people, API clients and bills",
    "administer-organization": "Former name of administer-account",
    "administer-clients": "Create, change and delete API clients",
    "reports-reader": "Read scheduled reports and alerts",
    "reports-editor": "Create and change scheduled reports and alerts",
    "audit-reader": "Read the organization's audit log",
    "billing-reader": "Read usage and invoices",
}
TEAM_ROLE = "visualization-team"
OPERATOR_ROLE = "platform-operator"

TEAMS = (
    "data-platform",
    "stream-processing",
    "observability",
    "bi-engineering",
    "growth-analytics",
    "finance-data",
    "supply-chain",
    "ad-insights",
    "customer-success",
    "security-operations",
)
OWNERS = (
    "Mara Lindholm",
    "Jonas Okafor",
    "Priya Raman",
    "Luca Ferrari",
    "Hana Sato",
    "Diego Morales",
    "Ines Carvalho",
    "Tom Becker",
)

# (name, what it does); the name goes between a prefix and an environment.
INGEST = (
    ("orders", "order events"),
    ("payments", "payment events"),
    ("clickstream", "page views and clicks"),
    ("impressions", "advertising impressions"),
    ("sessions", "sessions of the web shop"),
    ("shipments", "shipment status changes"),
    ("inventory", "stock levels"),
    ("returns", "returned goods"),
    ("telemetry", "device telemetry"),
    ("search-log", "queries of the site search"),
    ("support-tickets", "support tickets"),
    ("price-changes", "price changes"),
)
QUERIES = (
    ("margin-report", "the daily margin report"),
    ("funnel", "the conversion funnel"),
    ("cohorts", "retention by cohort"),
    ("campaigns", "campaign performance"),
    ("forecast", "the demand forecast"),
    ("fraud-score", "fraud scoring"),
    ("sla-board", "the service level board"),
    ("exec-summary", "the weekly summary for the board"),
    ("recommendations", "product recommendations"),
    ("churn-model", "the churn model"),
)
# (prefix, sentence, subjects, roles that such a client holds in its environment)
KINDS = (
    ("svc-druid-ingest", "Loads {} into Druid", INGEST, ("change-data-cubes",)),
    ("kafka-connect", "Kafka Connect sink for {}", INGEST, ("change-data-cubes",)),
    ("flink", "Flink job that enriches {}", INGEST, ("access-datasets",)),
    ("airflow", "Airflow DAG that backfills {}", INGEST, ("change-data-cubes",)),
    ("dbt", "dbt models on {}", INGEST, ("access-datasets",)),
    ("grafana", "Grafana panels about {}", INGEST, ("access-datasets",)),
    ("svc-query", "Queries Druid for {}", QUERIES, ("access-datasets",)),
    ("report", "Renders and mails {}", QUERIES, ("access-datasets",)),
    ("notebook", "Shared notebooks for {}", QUERIES, ("access-datasets",)),
    (
        "embed",
        "Embeds dashboards of {} in the intranet",
        QUERIES,
        ("access-datasets", "administer-dashboards"),
    ),
)
# The end of a client's name, and the environment that it works in.
PLACES = {
    "prod": "production",
    "prod-eu": "production",
    "prod-us": "production",
    "staging": "staging",
}
