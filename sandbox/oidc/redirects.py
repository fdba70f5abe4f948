"""Which addresses a client may send people back to."""

from sandbox.model import Client

POST_LOGOUT = "post.logout.redirect.uris"


def may_redirect(client: Client, address: str) -> bool:
    return _listed(client.data["redirectUris"], address)


def may_redirect_after_logout(client: Client, address: str) -> bool:
    """`+` stands for the addresses of the sign-in, `##` divides."""
    value = client.attributes.get(POST_LOGOUT, "")
    if value == "+":
        return may_redirect(client, address)
    return _listed(value.split("##"), address)


def _listed(allowed: list[str], address: str) -> bool:
    """Exactly, or by the part before a star at the end, the query left aside."""
    plain = address.partition("?")[0]
    return any(
        plain.startswith(entry[:-1]) if entry.endswith("*") else address == entry
        for entry in allowed
        if entry
    )
