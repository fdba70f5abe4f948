"""Where the chain ends is signed, kept, and also said outside of the database."""

import base64
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, transaction
from pytest_django import Settings

from audit.checkpoints import iter_file, make_checkpoint
from audit.models import ChainHead, Checkpoint, Purpose
from audit.signing import encoded, get_known_keys, get_signing_key, why_not_signed
from audit.verification import find_start, verify_log
from tests.factories import make_event

pytestmark = pytest.mark.usefixtures("durable_db")


def pem(key: Any) -> str:
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return str(key.private_bytes(*form), "ascii")


def made() -> Checkpoint:
    make_event()
    checkpoint = make_checkpoint()
    assert checkpoint
    return checkpoint


def test_a_checkpoint_says_where_the_chain_ends() -> None:
    event = make_event()

    checkpoint = make_checkpoint()

    assert checkpoint == Checkpoint.objects.get()
    assert checkpoint.purpose == Purpose.CHECKPOINT
    assert (checkpoint.sequence, checkpoint.hash) == (event.id, event.hash)
    checkpoint.refresh_from_db()
    assert why_not_signed(checkpoint, get_known_keys()) == ""


def test_without_new_records_there_is_no_new_checkpoint() -> None:
    assert make_checkpoint() is None
    made()

    assert make_checkpoint() is None


def test_a_checkpoint_is_in_the_file_and_in_the_log_stream(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings.AUDIT_CHECKPOINT_FILE = str(tmp_path / "checkpoints")
    caplog.set_level("INFO", "audit.checkpoint")

    first, second = made(), made()

    written = list(iter_file(tmp_path / "checkpoints"))
    assert [c.signature for c in written] == [first.signature, second.signature]
    assert [why_not_signed(c, get_known_keys()) for c in written] == ["", ""]
    lines = (tmp_path / "checkpoints").read_text().splitlines()
    assert [record.getMessage() for record in caplog.records] == lines


def test_a_file_that_cannot_be_written_is_no_secret(
    settings: Settings, tmp_path: Path
) -> None:
    settings.AUDIT_CHECKPOINT_FILE = str(tmp_path / "missing" / "checkpoints")
    make_event()

    with pytest.raises(OSError, match="missing"):
        make_checkpoint()

    assert not Checkpoint.objects.exists()


@pytest.mark.parametrize("field", ["purpose", "sequence", "hash", "at", "key_id"])
def test_everything_that_a_checkpoint_says_is_signed(field: str) -> None:
    checkpoint, other = made(), made()
    keys = dict.fromkeys(["another", *get_known_keys()], *get_known_keys().values())
    values = {"purpose": Purpose.ARCHIVE, "key_id": "another"}

    setattr(checkpoint, field, values.get(field) or getattr(other, field))

    assert why_not_signed(checkpoint, keys) == "has a wrong signature"


def test_a_signature_that_is_none_is_wrong() -> None:
    checkpoint = made()
    checkpoint.signature = "é"

    assert why_not_signed(checkpoint, get_known_keys())


def test_after_a_change_of_keys_the_old_signatures_still_count(
    settings: Settings,
) -> None:
    made()
    old = get_signing_key().public_key().public_bytes_raw()
    settings.AUDIT_SIGNING_KEY = encoded(b"2" * 32)
    made()

    unknown = verify_log(find_start()).broken
    settings.AUDIT_PUBLIC_KEYS = [encoded(old)]

    assert unknown
    assert "is not known here" in str(unknown)
    assert verify_log(find_start()).broken is None
    assert len({c.key_id for c in Checkpoint.objects.all()}) == 2


def test_a_key_may_be_a_seed_a_pem_or_a_file(
    settings: Settings, tmp_path: Path
) -> None:
    key = Ed25519PrivateKey.generate()
    (tmp_path / "key.pem").write_text(pem(key))
    seed = key.private_bytes_raw()

    for form in (
        encoded(seed),
        base64.b64encode(seed).decode(),
        pem(key),
        pem(key).replace("\n", "\\n"),
        str(tmp_path / "key.pem"),
    ):
        settings.AUDIT_SIGNING_KEY = form
        assert get_signing_key().private_bytes_raw() == seed


@pytest.mark.parametrize(
    "text", ["", "change-me", "/no/such/file", pem(generate_private_key(SECP256R1()))]
)
def test_what_is_no_key_is_said_without_its_text(settings: Settings, text: str) -> None:
    settings.AUDIT_SIGNING_KEY = text

    with pytest.raises(ImproperlyConfigured, match="AUDIT_SIGNING_KEY") as caught:
        get_signing_key()

    assert not text or text not in str(caught.value)


def test_what_is_no_public_key_is_said(settings: Settings) -> None:
    settings.AUDIT_PUBLIC_KEYS = ["short"]

    with pytest.raises(ImproperlyConfigured, match="AUDIT_PUBLIC_KEYS"):
        get_known_keys()


def test_the_command_makes_a_pair_that_signs(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("audit_key")

    said = capsys.readouterr()
    settings.AUDIT_SIGNING_KEY = said.out.strip().removeprefix("AUDIT_SIGNING_KEY=")
    assert encoded(get_signing_key().public_key().public_bytes_raw()) in said.err


def test_checkpoints_cannot_be_changed_or_removed() -> None:
    checkpoint = made()
    head = ChainHead.objects.get()

    for attempt in (
        lambda: Checkpoint.objects.update(hash=head.hash),
        lambda: Checkpoint.objects.all().delete(),
        checkpoint.save,
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            attempt()
