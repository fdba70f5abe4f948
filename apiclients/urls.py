"""Addresses of the API client screens."""

from django.urls import include, path

from apiclients import views

app_name = "apiclients"

client_urls = [
    path("", views.client_settings, name="settings"),
    path("credentials/", views.client_credentials, name="credentials"),
    path("credentials/show/", views.secret_show, name="secret-show"),
    path("credentials/copy/", views.secret_copy, name="secret-copy"),
    path("credentials/regenerate/", views.secret_regenerate, name="secret-regenerate"),
    path("permissions/", views.client_permissions, name="permissions"),
    path("permissions/assign/", views.permissions_assign, name="permissions-assign"),
    path("permissions/remove/", views.permission_remove, name="permission-remove"),
    path("tokens/", views.client_tokens, name="tokens"),
    path("tokens/download/", views.token_download, name="token-download"),
    path("tokens/inspect/", views.token_inspect, name="token-inspect"),
    path("tokens/test/", views.token_test, name="token-test"),
    path("tokens/revoke/", views.token_revoke, name="token-revoke"),
    path("activity/", views.client_activity, name="activity"),
    path("disable/", views.client_disable, name="disable"),
    path("enable/", views.client_enable, name="enable"),
    path("delete/", views.client_delete, name="delete"),
]

urlpatterns = [
    path("", views.client_list, name="list"),
    path("refresh/", views.client_list_refresh, name="refresh"),
    path("export/", views.client_list_export, name="export"),
    path("bulk/", views.bulk_choose, name="bulk"),
    path("bulk/<uuid:uuid>/", views.bulk_run, name="bulk-run"),
    path("bulk/<uuid:uuid>/resume/", views.bulk_resume, name="bulk-resume"),
    path("new/", views.client_create, name="create"),
    path("<uuid:uuid>/", include(client_urls)),
]
