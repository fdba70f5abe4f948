"""The authorization endpoint: where a sign-in starts."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import replace

from sandbox.claims import granted_scope
from sandbox.messages import HttpError, Response, redirect
from sandbox.model import Client
from sandbox.oidc import login, pages, redirects
from sandbox.oidc.routes import (
    IDENTITY_COOKIE,
    PROTOCOL,
    SIGN_IN_COOKIE,
    cookie,
    organization,
    router,
)
from sandbox.routing import Call
from sandbox.state import Session, SignIn

routes = router(f"{PROTOCOL}/auth")
_CHALLENGE = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_CHALLENGE_METHOD = "pkce.code.challenge.method"


class _SentBackError(Exception):
    """The client is told of the problem, through the person's browser."""

    def __init__(self, code: str, description: str | None = None) -> None:
        super().__init__(code)
        self.parameters = {"error": code, "error_description": description}


@routes.route("GET", "")
def authorize(call: Call) -> Response:
    parameters = {name: v[0] for name, v in call.request.parameters.items()}
    return _authorize(call, parameters)


@routes.route("POST", "")
def authorize_by_form(call: Call) -> Response:
    return _authorize(call, call.request.form)


def _authorize(call: Call, parameters: Mapping[str, str]) -> Response:
    client = _client(call, parameters)
    address = parameters.get("redirect_uri", "")
    if not redirects.may_redirect(client, address):
        raise pages.refused(organization(call), "Invalid parameter: redirect_uri")
    try:
        _check(client, parameters)
        return _sign_in(call, _wish(client, parameters), parameters)
    except _SentBackError as problem:
        state = parameters.get("state")
        rest = {"state": state, "iss": call.issuer}
        return redirect(address, {**problem.parameters, **rest})


def _client(call: Call, parameters: Mapping[str, str]) -> Client:
    if "client_id" not in parameters:
        raise pages.refused(organization(call), "Invalid Request")
    client = call.state.realm.client_by_id(parameters["client_id"])
    if client is None:
        raise pages.refused(organization(call), "Client not found.")
    if not client.has("enabled"):
        raise pages.refused(organization(call), "Client disabled.")
    return client


def _check(client: Client, parameters: Mapping[str, str]) -> None:
    response_type = parameters.get("response_type")
    if response_type is None:
        raise _SentBackError("invalid_request", "Missing parameter: response_type")
    if response_type != "code":
        raise _SentBackError("unsupported_response_type")
    if not client.has("standardFlowEnabled"):
        raise _SentBackError(
            "unauthorized_client",
            "Client is not allowed to initiate browser login with given "
            "response_type. Standard flow is disabled for the client.",
        )
    scope = parameters.get("scope")
    try:
        granted_scope(client, scope)
    except HttpError as problem:
        text = f"Invalid scopes: {scope}"
        raise _SentBackError("invalid_scope", text) from problem
    _check_challenge(client.attributes.get(_CHALLENGE_METHOD), parameters)


def _check_challenge(required: str | None, parameters: Mapping[str, str]) -> None:
    """Proof Key for Code Exchange (RFC 7636), as strict as the client asks for."""
    method = parameters.get("code_challenge_method")
    challenge = parameters.get("code_challenge")
    if required and method is None:
        problem = "Missing parameter: code_challenge_method"
    elif required and method != required:
        problem = (
            "Invalid parameter: code challenge method is not matching"
            " the configured one"
        )
    elif required and challenge is None:
        problem = "Missing parameter: code_challenge"
    elif challenge is not None and not _CHALLENGE.fullmatch(challenge):
        problem = "Invalid parameter: code_challenge"
    else:
        return
    raise _SentBackError("invalid_request", problem)


def _wish(client: Client, parameters: Mapping[str, str]) -> SignIn:
    return SignIn(
        client=client.uuid,
        redirect_uri=parameters["redirect_uri"],
        scope=granted_scope(client, parameters.get("scope")),
        state=parameters.get("state"),
        nonce=parameters.get("nonce"),
        challenge=parameters.get("code_challenge"),
        challenge_method=parameters.get("code_challenge_method"),
    )


def _sign_in(call: Call, wish: SignIn, parameters: Mapping[str, str]) -> Response:
    """Straight back if the person is signed in already, else the login page."""
    session = call.state.session_of(call.request.cookies.get(IDENTITY_COOKIE))
    prompts = parameters.get("prompt", "").split()
    again = "login" in prompts or _too_old(call, session, parameters.get("max_age"))
    if session and not again:
        return login.send_back(call, replace(wish, fresh=False), session)
    if "none" in prompts:
        raise _SentBackError("login_required")
    key = secrets.token_urlsafe(24)
    call.state.sign_ins[key] = wish
    response = pages.login_page(organization(call), login.action(call, key))
    response.headers.append(cookie(call, SIGN_IN_COOKIE, key))
    return response


def _too_old(call: Call, session: Session | None, max_age: str | None) -> bool:
    if session is None or not (max_age or "").isdigit():
        return False
    return int(call.state.now()) - session.started_at > int(max_age or 0)
