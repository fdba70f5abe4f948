"""Client credentials: a program gets a token for its service account."""

from sandbox import claims, tokens
from sandbox.claims import Grant
from sandbox.clients import SERVICE_ACCOUNT_SCOPE
from sandbox.messages import JSON, HttpError, Response, as_json, described_error
from sandbox.model import Client, JsonObject, User
from sandbox.routing import Call

_DETAILS = {"grant_type": "client_credentials"}
_METHOD = {"client_auth_method": "client-secret"}


def grant(call: Call, client: Client) -> Response:
    user = _service_account(call, client)
    requested = call.request.form.get("scope")
    try:
        scope = claims.granted_scope(client, requested)
    except HttpError:
        details = {"reason": f"Invalid scopes: {requested}", "username": user.username}
        record_refusal(call, client.client_id, "invalid_request", user.id, **details)
        raise
    made = Grant(
        client=client,
        user=user,
        issuer=call.issuer,
        scope=scope,
        now=int(call.state.now()),
        origin="trrtcc",
    )
    return _answer(call, made)


def record_refusal(
    call: Call,
    client_id: str | None,
    problem: str,
    user_id: str | None = None,
    **details: str,
) -> None:
    method = _METHOD if details else {}
    call.state.record_event(
        "CLIENT_LOGIN_ERROR",
        clientId=client_id,
        userId=user_id,
        ipAddress=call.request.address,
        error=problem,
        details={**_DETAILS, **method, **details},
    )


def _service_account(call: Call, client: Client) -> User:
    user = call.state.realm.service_account(client)
    if client.has("publicClient"):
        reason = "Public client not allowed to retrieve service account"
    elif not client.has("serviceAccountsEnabled") or user is None:
        reason = "Client not enabled to retrieve service account"
    else:
        return user
    record_refusal(call, client.client_id, "invalid_client", reason=reason)
    raise described_error(401, "unauthorized_client", reason)


def _answer(call: Call, made: Grant) -> Response:
    where = _where(call, made.client)
    access = {**claims.access_token(made, call.state), **where}
    encoded = tokens.signed(access)
    answer: JsonObject = {
        "access_token": encoded,
        "expires_in": access["exp"] - access["iat"],
        "refresh_expires_in": 0,
        "token_type": "Bearer",
    }
    if "openid" in made.scope.split():
        at_hash = tokens.left_half_hash(encoded)
        id_claims = claims.id_token(made, call.state, nonce=None, at_hash=at_hash)
        answer["id_token"] = tokens.signed({**id_claims, **where})
    call.state.record_event(
        "CLIENT_LOGIN",
        clientId=made.client.client_id,
        userId=made.user.id,
        ipAddress=call.request.address,
        details={
            "token_id": access["jti"],
            **_DETAILS,
            "scope": made.scope,
            **_METHOD,
            "username": made.user.username,
        },
    )
    answer |= {"not-before-policy": 0, "scope": made.scope}
    return as_json(answer, content_type=JSON, cache="no-store")


def _where(call: Call, client: Client) -> dict[str, str]:
    if SERVICE_ACCOUNT_SCOPE not in client.scopes:
        return {}
    return {
        "clientHost": call.request.address,
        "clientAddress": call.request.address,
        "client_id": client.client_id,
    }
