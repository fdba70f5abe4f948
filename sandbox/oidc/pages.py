"""The few HTML pages, with the field names of Keycloak's own."""

from collections.abc import Mapping
from html import escape

from sandbox.messages import HTML, HttpError, Response

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { margin: 0; min-height: 100vh; display: grid; place-items: center }
main { width: min(22rem, calc(100vw - 4rem)); padding: 2rem;
  border: 1px solid #8886; border-radius: .5rem }
h1 { font-size: 1.25rem; margin: 0 } header p { margin: 0; opacity: .75 }
label { display: block; margin: 1rem 0 .25rem }
input, button { box-sizing: border-box; width: 100%; padding: .5rem; font: inherit }
[type=submit] { margin-top: 1.5rem; background: #1c5fd0; color: #fff; border: 0;
  border-radius: .375rem; padding: .625rem }
[role=alert] { color: light-dark(#b3261e, #ff938a); margin: .25rem 0 0 }
"""
_POLICY = "frame-src 'self'; frame-ancestors 'self'; object-src 'none';"


def login_page(
    organization: str, action: str, *, username: str = "", problem: str = ""
) -> Response:
    alert = f'<p role="alert" id="input-error">{escape(problem)}</p>' if problem else ""
    invalid = ' aria-invalid="true" aria-describedby="input-error"' if problem else ""
    return _page(
        organization,
        "Sign in to your account",
        f'<form id="kc-form-login" action="{escape(action)}" method="post">'
        '<label for="username">Username or email</label>'
        f'<input id="username" name="username" value="{escape(username)}"'
        f' autocomplete="username" autofocus{invalid}>{alert}'
        '<label for="password">Password</label>'
        '<input id="password" name="password" type="password"'
        ' autocomplete="current-password">'
        '<button id="kc-login" name="login" type="submit">Sign In</button></form>',
    )


def logout_page(organization: str, action: str, fields: Mapping[str, str]) -> Response:
    """Asks whether to sign out, as Keycloak does when it cannot tell who asks."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in fields.items()
    )
    return _page(
        organization,
        "Logging out",
        f'<p>Do you want to log out?</p><form action="{escape(action)}" method="post">'
        f'{hidden}<input id="kc-logout" name="confirmLogout" type="submit"'
        ' value="Logout"></form>',
    )


def information_page(organization: str, text: str) -> Response:
    return _page(organization, text, f"<p>{escape(text)}</p>")


def refused(organization: str, text: str) -> HttpError:
    """An error that ends the flow before anybody may be sent back."""
    problem = HttpError(400, {})
    body = f'<p role="alert">{escape(text)}</p>'
    problem.response = _page(organization, "We are sorry...", body, status=400)
    return problem


def _page(
    organization: str, title: str, content: str, *, status: int = 200
) -> Response:
    body = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)} - {escape(organization)}</title>"
        f"<style>{_STYLE}</style></head><body><main><header>"
        f"<p>{escape(organization)}</p><h1>{escape(title)}</h1></header>"
        f"{content}</main></body></html>"
    )
    headers = [
        ("Content-Type", HTML),
        ("Cache-Control", "no-store, must-revalidate, max-age=0"),
        ("Content-Security-Policy", _POLICY),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "SAMEORIGIN"),
    ]
    return Response(status, body.encode(), headers)
