"""Addresses of the cluster screens."""

from django.urls import include, path

from clusters import views

app_name = "clusters"

cluster_urls = [
    path("", views.cluster_overview, name="overview"),
    path("setup/", views.cluster_setup, name="setup"),
    path("flags/", views.cluster_flags, name="flags"),
    path("restart/", views.cluster_restart, name="restart"),
]

urlpatterns = [
    path("", views.cluster_list, name="list"),
    path("<str:cluster_id>/", include(cluster_urls)),
]
