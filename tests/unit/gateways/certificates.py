"""Certificates for a server on this machine, good ones and others."""

import datetime
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """One that signs certificates; `file` is for those who trust it."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    name: x509.Name

    @classmethod
    def make(cls, folder: Path, name: str = "An authority") -> Self:
        folder.mkdir(exist_ok=True)
        authority = cls(folder, ec.generate_private_key(ec.SECP256R1()), _name(name))
        builder = (
            _builder(authority.name, authority.key, days=1)
            .issuer_name(authority.name)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs=True), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(authority.key.public_key()),
                critical=False,
            )
        )
        certificate = builder.sign(authority.key, hashes.SHA256())
        authority.file.write_bytes(_pem(certificate))
        return authority

    @property
    def file(self) -> Path:
        return self.folder / "authority.pem"

    def server(
        self, *, host: str = "localhost", days: int = 1, self_signed: bool = False
    ) -> ssl.SSLContext:
        """Negative days: it ended so long ago."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        signer = key if self_signed else self.key
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(
            signer.public_key()
        )
        certificate = (
            _builder(_name(host), key, days=days)
            .issuer_name(_name(host) if self_signed else self.name)
            .add_extension(names, critical=False)
            .add_extension(identifier, critical=False)
            .sign(signer, hashes.SHA256())
        )
        file, key_file = self.folder / "server.pem", self.folder / "key.pem"
        file.write_bytes(_pem(certificate))
        key_file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file, key_file)
        return context


def _builder(
    subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, days: int
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 10 * DAY)
        .not_valid_after(now + days * DAY)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
