"""All addresses."""

from django.urls import URLPattern, URLResolver, include, path

from console import health, views

console_urls: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("theme/", views.theme, name="theme"),
    path("", include("console.auth.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]

urlpatterns = [
    path("", include((console_urls, "console"))),
    path("api-clients/", include("apiclients.urls")),
    path("clusters/", include("clusters.urls")),
    path("audit/", include("audit.urls")),
]

handler500 = "console.outages.server_error"
