"""The userinfo endpoint, which also tells whether a token is still good."""

from sandbox import claims
from sandbox.messages import JSON, HttpError, Response, as_json
from sandbox.oidc.bearer import TokenRefusedError, bearer_of
from sandbox.oidc.routes import PROTOCOL, router
from sandbox.routing import Call

routes = router(f"{PROTOCOL}/userinfo")


@routes.route("GET", "")
def userinfo(call: Call) -> Response:
    try:
        bearer = bearer_of(call)
    except TokenRefusedError as refusal:
        raise _refused(call, 401, "invalid_token", str(refusal)) from refusal
    scope = bearer.claims["scope"]
    if "openid" not in scope.split():
        raise _refused(call, 403, "insufficient_scope", "Missing openid scope")
    answer = {"sub": bearer.user.id, **claims.person_claims(bearer.user, scope)}
    return as_json(answer, content_type=JSON, cache="no-store, no-cache")


def _refused(call: Call, status: int, code: str, text: str) -> HttpError:
    challenge = f'Bearer realm="{call.state.realm.name}"'
    if text:
        challenge += f', error="{code}", error_description="{text}"'
    problem = HttpError(status, {})
    headers = [
        ("Content-Type", "text/plain;charset=utf-8"),
        ("WWW-Authenticate", challenge),
        ("Cache-Control", "no-store"),
    ]
    problem.response = Response(status, b"", headers)
    return problem
