"""All addresses."""

from django.urls import URLPattern, URLResolver, include, path

from console import views

console_urls: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("theme/", views.theme, name="theme"),
    path("", include("console.auth.urls")),
]

urlpatterns = [
    path("", include((console_urls, "console"))),
    path("api-clients/", include("apiclients.urls")),
    path("clusters/", include("clusters.urls")),
    path("audit/", include("audit.urls")),
]
