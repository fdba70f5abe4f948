"""The login page's answer: who signs in, and back to the client with a code."""

import hmac
import secrets
import uuid
from urllib.parse import urlencode

from sandbox.messages import Response, redirect
from sandbox.model import User
from sandbox.oidc import pages
from sandbox.oidc.routes import (
    IDENTITY_COOKIE,
    SIGN_IN_COOKIE,
    cookie,
    organization,
    router,
)
from sandbox.realm import Realm
from sandbox.routing import Call
from sandbox.state import Session, SignIn

routes = router("/login-actions/authenticate")
_NO_COOKIE = (
    "Restart login cookie not found. It may have expired; it may have been deleted or"
    " cookies are disabled in your browser. If cookies are disabled then enable them."
    " Click Back to Application to login again."
)


def action(call: Call, key: str) -> str:
    """The address that the login form of a waiting sign-in is sent to."""
    wish = call.state.sign_ins[key]
    client = call.state.realm.clients[wish.client]
    query = urlencode({"execution": key, "client_id": client.client_id})
    return f"{call.issuer}/login-actions/authenticate?{query}"


@routes.route("POST", "")
def authenticate(call: Call) -> Response:
    key = call.request.parameter("execution") or ""
    wish = call.state.sign_ins.get(key)
    if wish is None or call.request.cookies.get(SIGN_IN_COOKIE) != key:
        raise pages.refused(organization(call), _NO_COOKIE)
    username = call.request.form.get("username", "").strip()
    user = _find(call.state.realm, username)
    if user is None or not _right(user, call.request.form.get("password", "")):
        return _again(call, key, username, "Invalid username or password.")
    if not user.enabled:
        text = "Account is disabled, contact your administrator."
        return _again(call, key, username, text)
    del call.state.sign_ins[key]
    session = _session(call, user)
    response = send_back(call, wish, session)
    response.headers.append(cookie(call, IDENTITY_COOKIE, session.id))
    return response


def send_back(call: Call, wish: SignIn, session: Session) -> Response:
    """To the client, with a code that is good once and for a minute."""
    session.clients.add(wish.client)
    code = f"{uuid.uuid4()}.{session.id}.{wish.client}"
    wish.session = session.id
    lifespan = call.state.seconds("accessCodeLifespan", 60)
    wish.expires_at = call.state.now() + lifespan
    call.state.codes[code] = wish
    parameters = {
        "state": wish.state,
        "session_state": session.id,
        "iss": call.issuer,
        "code": code,
    }
    return redirect(wish.redirect_uri, parameters)


def _session(call: Call, user: User) -> Session:
    """The browser's session if it is this person's, or a new one."""
    now = int(call.state.now())
    session = call.state.session_of(call.request.cookies.get(IDENTITY_COOKIE))
    if session is None or session.user_id != user.id:
        session = Session(secrets.token_urlsafe(18), user.id, now)
        call.state.sessions[session.id] = session
    session.started_at = now
    return session


def _find(realm: Realm, name: str) -> User | None:
    by_name = realm.user_by_name(name)
    if by_name or not name:
        return by_name
    wanted = name.lower()
    users = realm.users.values()
    return next((u for u in users if (u.email or "").lower() == wanted), None)


def _right(user: User, password: str) -> bool:
    if user.password is None:
        return False
    return hmac.compare_digest(user.password.encode(), password.encode())


def _again(call: Call, key: str, username: str, problem: str) -> Response:
    return pages.login_page(
        organization(call), action(call, key), username=username, problem=problem
    )
