"""Certificates for users and servers of tests."""

import datetime
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = datetime.timedelta(days=1)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def authority(folder: Path, name: str) -> Path:
    """A new authority: NAME.crt and NAME.key. Returns the path without an ending."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    constraints = x509.BasicConstraints(ca=True, path_length=None)
    built = (
        builder(subject, subject, key).add_extension(constraints, critical=True).sign(key, hashes.SHA256())
    )
    return write(folder / name, key, built)


def certificate(
    signer: Path, folder: Path, user: str, *groups: str, days: int = 1, key: Key | None = None
) -> Path:
    """A certificate for a user in groups, good for clients and for servers here. With days below 0 it is over."""
    ca = x509.load_pem_x509_certificate(signer.with_suffix(".crt").read_bytes())
    ca_key = serialization.load_pem_private_key(signer.with_suffix(".key").read_bytes(), None)
    assert isinstance(ca_key, ec.EllipticCurvePrivateKey)
    key = key or ec.generate_private_key(ec.SECP256R1())
    names = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
    names.append(x509.NameAttribute(NameOID.COMMON_NAME, user))
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH])
    places = x509.SubjectAlternativeName(
        [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
    )
    unsigned = builder(x509.Name(names), ca.subject, key, days).add_extension(usage, critical=False)
    return write(
        folder / user, key, unsigned.add_extension(places, critical=False).sign(ca_key, hashes.SHA256())
    )


def signing_key(path: Path) -> Path:
    """A key for tokens, at that path."""
    key = ec.generate_private_key(ec.SECP256R1())
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    path.write_bytes(pem)
    return path


def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def builder(subject: x509.Name, issuer: x509.Name, key: Key, days: int = 1) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return x509.CertificateBuilder(
        issuer, subject, key.public_key(), x509.random_serial_number(), now - 3 * DAY, now + days * DAY
    )


def write(path: Path, key: Key, made: x509.Certificate) -> Path:
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path.with_suffix(".key").write_bytes(pem)
    path.with_suffix(".crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return path
