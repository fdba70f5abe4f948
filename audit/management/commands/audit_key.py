"""Make a pair of keys for signing the audit log."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management.base import BaseCommand

from audit.signing import encoded, key_id


class Command(BaseCommand):
    help = "Makes a key pair for signing the audit log, and keeps nothing of it."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        key = Ed25519PrivateKey.generate()
        public = key.public_key()
        self.stdout.write(f"AUDIT_SIGNING_KEY={encoded(key.private_bytes_raw())}")
        self.stderr.write(
            f"Its public key, for AUDIT_PUBLIC_KEYS once it is replaced, "
            f"and for auditors: {encoded(public.public_bytes_raw())} "
            f"(id {key_id(public)})"
        )
