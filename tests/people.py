"""The demonstration accounts: what Keycloak knows of them, and their sessions here."""

import time
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from joserfc import jwt
from joserfc.jwk import KeySet

from console import access, step_up
from console.access import Actor

PEOPLE = ("account-admin", "client-admin", "visitor")


def read_people(sandbox_url: str) -> dict[str, Actor]:
    """Each account as its ID token names it, with its roles read anew."""
    return {name: _read(name, sandbox_url) for name in PEOPLE}


def sign_in(
    browser: Client,
    actor: Actor,
    *,
    seconds_ago: float = 0,
    proven_ago: float | None = None,
) -> Client:
    """Put the person into the browser's session, as signing in would.

    `proven_ago`: seconds since the provider saw who it is, if not by signing in here.
    """
    session = SessionStore()
    access.remember(session, actor)
    session["signed_in_at"] = session["seen_at"] = time.time() - seconds_ago
    session[step_up.AUTH_TIME] = time.time() - (
        seconds_ago if proven_ago is None else proven_ago
    )
    session["id_token"] = "not.a.token"
    session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    return browser


def _read(username: str, sandbox_url: str) -> Actor:
    oidc = f"{sandbox_url}/auth/realms/northwind/protocol/openid-connect"
    http = requests.Session()
    callback = f"{settings.CONSOLE_URL}/sign-in/callback/"
    verifier = "v" * 43
    page = http.get(
        f"{oidc}/auth",
        params={
            "response_type": "code",
            "client_id": settings.KEYCLOAK_CLIENT_ID,
            "redirect_uri": callback,
            "scope": "openid",
            "state": "s",
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        },
        timeout=10,
    )
    form = BeautifulSoup(page.text, "html.parser").select_one("form")
    assert form is not None, page.text
    answer = http.post(
        str(form["action"]),
        data={"username": username, "password": username},
        allow_redirects=False,
        timeout=10,
    )
    params = parse_qs(urlsplit(answer.headers["Location"]).query)
    token = http.post(
        f"{oidc}/token",
        data={
            "grant_type": "authorization_code",
            "code": params["code"][0],
            "redirect_uri": callback,
            "code_verifier": verifier,
            "client_id": settings.KEYCLOAK_CLIENT_ID,
            "client_secret": settings.KEYCLOAK_CLIENT_SECRET,
        },
        timeout=10,
    ).json()
    keys = KeySet.import_key_set(http.get(f"{oidc}/certs", timeout=10).json())
    claims = jwt.decode(token["id_token"], keys).claims
    return Actor(
        issuer=claims["iss"],
        subject=claims["sub"],
        username=username,
        name=claims["name"],
        roles=access.read_roles(claims["sub"]),
        roles_read_at=time.time() + 3600,
        address="127.0.0.1",
    )
