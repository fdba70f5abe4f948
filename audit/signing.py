"""The Ed25519 keys that sign what the chain was, and what exactly is signed."""

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from audit.canonical import canonical
from audit.models import Checkpoint

FORMAT = "audit.checkpoint/1"
SIZE = 32  # bytes of a seed, and of a public key
Keys = Mapping[str, Ed25519PublicKey]


def sign(checkpoint: Checkpoint) -> None:
    key = get_signing_key()
    checkpoint.key_id = key_id(key.public_key())
    signature = key.sign(canonical(statement(checkpoint)))
    checkpoint.signature = base64.b64encode(signature).decode()


def why_not_signed(checkpoint: Checkpoint, keys: Keys) -> str:
    """What is wrong with the signature; empty when nothing is."""
    key = keys.get(checkpoint.key_id)
    if key is None:
        return f"was signed with key {checkpoint.key_id}, which is not known here"
    try:
        signature = base64.b64decode(checkpoint.signature, validate=True)
        key.verify(signature, canonical(statement(checkpoint)))
    except (InvalidSignature, ValueError):
        return "has a wrong signature"
    return ""


def statement(checkpoint: Checkpoint) -> dict[str, object]:
    """What is signed, as canonical JSON."""
    return {
        "type": FORMAT,
        **{
            name: getattr(checkpoint, name)
            for name in ("purpose", "sequence", "hash", "at", "key_id")
        },
    }


def get_signing_key() -> Ed25519PrivateKey:
    """Raises ImproperlyConfigured."""
    text = str(settings.AUDIT_SIGNING_KEY)
    if seed := _decoded(text):
        return Ed25519PrivateKey.from_private_bytes(seed)
    try:
        pem = text if "-----BEGIN" in text else Path(text).read_text("ascii")
        key = load_pem_private_key(pem.replace("\\n", "\n").encode(), password=None)
    except (OSError, ValueError, TypeError) as exc:
        # Without its text, which may be the key.
        raise ImproperlyConfigured(
            "AUDIT_SIGNING_KEY is no Ed25519 key, nor a file that holds one; "
            "manage.py audit_key makes one"
        ) from exc
    if not isinstance(key, Ed25519PrivateKey):
        raise ImproperlyConfigured("AUDIT_SIGNING_KEY is a key, but not of Ed25519")
    return key


def get_known_keys() -> dict[str, Ed25519PublicKey]:
    """The present key and the older ones, by their ids. Raises ImproperlyConfigured."""
    keys = [get_signing_key().public_key()]
    for text in settings.AUDIT_PUBLIC_KEYS:
        raw = _decoded(text)
        if raw is None:
            raise ImproperlyConfigured(f"AUDIT_PUBLIC_KEYS: {text} is no public key")
        keys.append(Ed25519PublicKey.from_public_bytes(raw))
    return {key_id(key): key for key in keys}


def key_id(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decoded(text: str) -> bytes | None:
    """32 bytes from base64 in either alphabet; None for anything else."""
    plain = text.strip().rstrip("=").replace("-", "+").replace("_", "/")
    try:
        raw = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except ValueError:
        return None
    return raw if len(raw) == SIZE else None
