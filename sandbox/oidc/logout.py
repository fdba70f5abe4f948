"""RP-initiated logout: ends the single sign-on session of the browser."""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from sandbox import tokens
from sandbox.messages import Response, redirect
from sandbox.model import Client
from sandbox.oidc import pages
from sandbox.oidc.redirects import may_redirect_after_logout
from sandbox.oidc.routes import (
    IDENTITY_COOKIE,
    PROTOCOL,
    cookie,
    organization,
    router,
)
from sandbox.routing import Call

routes = router(f"{PROTOCOL}/logout")
_CONFIRM_COOKIE = "KC_LOGOUT"


@routes.route("GET", "")
def logout(call: Call) -> Response:
    parameters = {name: v[0] for name, v in call.request.parameters.items()}
    return _logout(call, parameters)


@routes.route("POST", "")
def logout_by_form(call: Call) -> Response:
    return _logout(call, call.request.form)


@routes.route("POST", "/logout-confirm")
def confirmed(call: Call) -> Response:
    """After the page that asks. The addresses were checked before it was shown."""
    code = call.request.form.get("session_code", "")
    if not code or code != call.request.cookies.get(_CONFIRM_COOKIE):
        raise pages.refused(organization(call), "Logout failed")
    parameters = {name: v[0] for name, v in call.request.parameters.items()}
    client = call.state.realm.client_by_id(parameters.get("client_id", ""))
    _check_address(call, client, parameters)
    session_id = call.request.cookies.get(IDENTITY_COOKIE)
    return _ended(call, session_id, parameters)


def _logout(call: Call, parameters: Mapping[str, str]) -> Response:
    address = parameters.get("post_logout_redirect_uri")
    hint = parameters.get("id_token_hint")
    client_id = parameters.get("client_id")
    if address and not hint and not client_id:
        raise pages.refused(organization(call), "Missing parameters: id_token_hint")
    session_id = None
    if hint:
        claims = _hinted(call, hint, client_id)
        client_id, session_id = claims["azp"], claims.get("sid")
    client = call.state.realm.client_by_id(client_id or "")
    _check_address(call, client, parameters)
    if not hint:
        return _ask(call, parameters)
    return _ended(call, session_id, parameters)


def _hinted(call: Call, hint: str, client_id: str | None) -> dict[str, Any]:
    """An ID token of this realm, however old it is."""
    claims = tokens.read(hint)
    if (
        claims
        and claims.get("typ") == "ID"
        and claims["iss"] == call.issuer
        and client_id in {None, claims["azp"]}
    ):
        return claims
    raise pages.refused(organization(call), "Invalid parameter: id_token_hint")


def _check_address(
    call: Call, client: Client | None, parameters: Mapping[str, str]
) -> None:
    address = parameters.get("post_logout_redirect_uri")
    if address and not (client and may_redirect_after_logout(client, address)):
        raise pages.refused(organization(call), "Invalid redirect uri")


def _ask(call: Call, parameters: Mapping[str, str]) -> Response:
    code = secrets.token_urlsafe(24)
    query = urlencode(parameters)
    action = f"{call.issuer}{PROTOCOL}/logout/logout-confirm?{query}"
    page = pages.logout_page(organization(call), action, {"session_code": code})
    page.headers.append(cookie(call, _CONFIRM_COOKIE, code))
    return page


def _ended(
    call: Call, session_id: str | None, parameters: Mapping[str, str]
) -> Response:
    call.state.sessions.pop(session_id or "", None)
    address = parameters.get("post_logout_redirect_uri")
    if address:
        response = redirect(address, {"state": parameters.get("state")})
    else:
        response = pages.information_page(organization(call), "You are logged out")
    response.headers.append(cookie(call, IDENTITY_COOKIE, ""))
    return response
