"""Authorization code: a client gets tokens for a person who signed in."""

import hmac
import re
import uuid

from sandbox import claims, tokens
from sandbox.claims import Grant
from sandbox.messages import JSON, HttpError, Response, as_json, described_error
from sandbox.model import Client, JsonObject
from sandbox.routing import Call
from sandbox.state import SignIn

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def grant(call: Call, client: Client) -> Response:
    code = call.request.form.get("code")
    if not code:
        raise described_error(400, "invalid_request", "Missing parameter: code")
    wish = _redeemed(call, code)
    if wish.client != client.uuid:
        raise _invalid("Auth error: Found different client_id in clientSession")
    if call.request.form.get("redirect_uri") != wish.redirect_uri:
        raise _invalid("Incorrect redirect_uri")
    _check_verifier(wish, call.request.form.get("code_verifier"))
    session = call.state.session_of(wish.session)
    user = call.state.realm.users.get(session.user_id) if session else None
    if session is None or user is None:
        raise _invalid("Session not active")
    made = Grant(
        client=client,
        user=user,
        issuer=call.issuer,
        scope=wish.scope,
        now=int(call.state.now()),
        session=session.id,
        auth_time=session.started_at,
        acr="1" if wish.fresh else "0",
    )
    return _answer(call, made, wish.nonce)


def _redeemed(call: Call, code: str) -> SignIn:
    """A code is good once; trying it again also ends what it was exchanged for."""
    wish = call.state.codes.get(code)
    if wish is None:
        raise _invalid("Code not valid")
    if wish.used:
        session = call.state.sessions.get(wish.session)
        if session:
            session.clients.discard(wish.client)
        raise _invalid("Code not valid")
    wish.used = True
    if call.state.now() > wish.expires_at:
        raise _invalid("Code is expired")
    return wish


def _check_verifier(wish: SignIn, verifier: str | None) -> None:
    if wish.challenge is None:
        return
    if verifier is None:
        raise _invalid("PKCE code verifier not specified")
    if not _VERIFIER.fullmatch(verifier):
        raise _invalid("PKCE verification failed: Invalid code verifier")
    if wish.challenge_method == "S256":
        verifier = tokens.challenge(verifier)
    if not hmac.compare_digest(verifier, wish.challenge):
        raise _invalid("PKCE verification failed: Code mismatch")


def _answer(call: Call, made: Grant, nonce: str | None) -> Response:
    access = claims.access_token(made, call.state)
    encoded = tokens.signed(access)
    idle = call.state.seconds("ssoSessionIdleTimeout", 1800)
    answer: JsonObject = {
        "access_token": encoded,
        "expires_in": access["exp"] - access["iat"],
        "refresh_expires_in": idle,
        "refresh_token": _refresh_token(made, idle),
        "token_type": "Bearer",
    }
    if "openid" in made.scope.split():
        at_hash = tokens.left_half_hash(encoded)
        answer["id_token"] = tokens.signed(
            claims.id_token(made, call.state, nonce=nonce, at_hash=at_hash)
        )
    answer |= {
        "not-before-policy": 0,
        "session_state": made.session,
        "scope": made.scope,
    }
    return as_json(answer, content_type=JSON, cache="no-store")


def _refresh_token(made: Grant, idle: int) -> str:
    """There for completeness: the refresh grant is not offered here."""
    return tokens.signed(
        {
            "exp": made.now + idle,
            "iat": made.now,
            "jti": str(uuid.uuid4()),
            "iss": made.issuer,
            "aud": made.issuer,
            "sub": made.user.id,
            "typ": "Refresh",
            "azp": made.client.client_id,
            "sid": made.session,
            "scope": made.scope,
        }
    )


def _invalid(text: str) -> HttpError:
    return described_error(400, "invalid_grant", text)
