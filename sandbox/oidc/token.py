"""The token endpoint: one address for all grants."""

from sandbox.messages import Response, described_error
from sandbox.oidc import code_grant, credentials_grant
from sandbox.oidc.credentials import ClientRefusedError, authenticated_client
from sandbox.oidc.routes import PROTOCOL, router
from sandbox.routing import Call

routes = router(f"{PROTOCOL}/token")
_GRANTS = {
    "authorization_code": code_grant.grant,
    "client_credentials": credentials_grant.grant,
}


@routes.route("POST", "")
def token(call: Call) -> Response:
    grant_type = call.request.form.get("grant_type")
    if grant_type is None:
        text = "Missing form parameter: grant_type"
        raise described_error(400, "invalid_request", text)
    if grant_type not in _GRANTS:
        raise described_error(400, "unsupported_grant_type", "Unsupported grant_type")
    try:
        client = authenticated_client(call)
    except ClientRefusedError as refusal:
        if grant_type == "client_credentials":
            credentials_grant.record_refusal(call, refusal.client_id, refusal.reason)
        raise
    return _GRANTS[grant_type](call, client)
