"""Addresses of the audit log."""

from django.urls import path

from audit import views

app_name = "audit"

urlpatterns = [
    path("", views.entry_list, name="list"),
    path("export/", views.entries_export, name="export"),
    path("<int:entry_id>/", views.entry_detail, name="entry"),
    path("<int:entry_id>/check/", views.entry_check, name="check"),
    path("<int:entry_id>/release/", views.entry_release, name="release"),
]
