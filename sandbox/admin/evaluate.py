"""The example token: what a token of this client for this user would say."""

import secrets

from sandbox import claims
from sandbox.admin.access import Power, client_in, may, require, router
from sandbox.claims import Grant
from sandbox.messages import Response, as_json, error
from sandbox.routing import Call

routes = router("/clients/{uuid}/evaluate-scopes")


@routes.route("GET", "/generate-example-access-token")
def example_access_token(call: Call) -> Response:
    client = client_in(call)
    require(call, Power.VIEW_CLIENTS)
    user_id = call.request.parameter("userId")
    if not user_id:
        raise error(404, "No userId provided")
    if not may(call, Power.VIEW_USERS):
        raise error(403, "You have no access to this user")
    user = call.state.realm.users.get(user_id)
    if user is None:
        raise error(404, "No user found")
    example = Grant(
        client=client,
        user=user,
        issuer=call.issuer,
        scope=claims.granted_scope(client, call.request.parameter("scope")),
        now=int(call.state.now()),
        origin="onrtna",
        session=secrets.token_urlsafe(18),
    )
    return as_json(claims.access_token(example, call.state))
