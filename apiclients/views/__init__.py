"""The API client screens, one function a page or action."""

from apiclients.views.activity import client_activity
from apiclients.views.bulk import bulk_choose, bulk_resume, bulk_run
from apiclients.views.changes import (
    client_create,
    client_delete,
    client_disable,
    client_enable,
    client_settings,
)
from apiclients.views.listing import (
    client_list,
    client_list_export,
    client_list_refresh,
)
from apiclients.views.permissions import (
    client_permissions,
    permission_remove,
    permissions_assign,
)
from apiclients.views.secrets import (
    client_credentials,
    secret_copy,
    secret_regenerate,
    secret_show,
)
from apiclients.views.tokens import (
    client_tokens,
    token_download,
    token_inspect,
    token_revoke,
    token_test,
)

__all__ = [
    "bulk_choose",
    "bulk_resume",
    "bulk_run",
    "client_activity",
    "client_create",
    "client_credentials",
    "client_delete",
    "client_disable",
    "client_enable",
    "client_list",
    "client_list_export",
    "client_list_refresh",
    "client_permissions",
    "client_settings",
    "client_tokens",
    "permission_remove",
    "permissions_assign",
    "secret_copy",
    "secret_regenerate",
    "secret_show",
    "token_download",
    "token_inspect",
    "token_revoke",
    "token_test",
]
