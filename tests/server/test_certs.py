"""`certs`: certificates in files and in a cluster, renewed in time, and never in a way that loses trust."""

import base64
import datetime
import ipaddress
import json
import os
import re
import shutil
import ssl
import stat
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from aggregated import Aggregated, etcd_flags, etcd_of
from apiclient import Object, Resource
from certificates import authority
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import PolicyBuilder, Store
from memory import Key, Memory, Refused
from servers import Process, Standalone

DAY = datetime.timedelta(days=1)
# How a key begins, as it is and as a Secret has it.
KEYS = ("PRIVATE KEY", base64.b64encode(b"-----BEGIN EC PRIVATE")[:24].decode())
SERVICE = "edge.edge-system.svc"
ALWAYS = ["localhost", "127.0.0.1", "::1", SERVICE, f"{SERVICE}.cluster.local"]
API_SERVICES = [("apiservices", f"{version}.nginx.example.com") for version in ("v1", "v1alpha1")]
CA, SERVING = ("secrets", "serving-ca"), ("secrets", "serving")


def run(binary: Path, *flags: object, fails: bool = False, umask: int = 0o022) -> str:
    """What the command says, in which there is never a key."""
    command = [str(binary), "certs", *map(str, flags)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("KUBERNETES_")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, umask=umask)
    assert done.returncode == int(fails), done.stderr
    assert done.stdout == ""
    assert [key for key in KEYS if key in done.stderr] == []
    return done.stderr


def certificates(pem: bytes | Path) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(pem.read_bytes() if isinstance(pem, Path) else pem)


def serials(pem: bytes | Path) -> list[int]:
    return [certificate.serial_number for certificate in certificates(pem)]


def hosts(certificate: x509.Certificate) -> list[str]:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return sorted(str(name.value) for name in names)


def signed_by(certificate: x509.Certificate, ca: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(ca)
    except Exception:
        return False
    return True


def aged(pem: bytes, left: float, ca_key: bytes) -> bytes:
    """The same certificate of the same key, but with so much of a life of ten days left."""
    old, *_ = certificates(pem)
    signer = serialization.load_pem_private_key(ca_key, None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    start = datetime.datetime.now(datetime.UTC) - (1 - left) * 10 * DAY
    key, number = old.public_key(), x509.random_serial_number()
    made = x509.CertificateBuilder(old.issuer, old.subject, key, number, start, start + 10 * DAY)
    for extension in old.extensions:
        made = made.add_extension(extension.value, extension.critical)
    return made.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def age(folder: Path, name: str, left: float) -> None:
    file = folder / f"{name}.crt"
    file.write_bytes(aged(file.read_bytes(), left, (folder / "ca.key").read_bytes()))


@pytest.fixture
def pki(nginx_binary: Path, folder: Path) -> Path:
    run(nginx_binary, "--dir", folder / "pki")
    return folder / "pki"


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.iterdir()}


def changed(before: dict[str, tuple[bytes, int]], folder: Path) -> set[str]:
    """The pairs that are others by now."""
    after = state(folder)
    assert before.keys() == after.keys()
    names = {name.partition(".")[0] for name in after if after[name] != before[name]}
    assert all(before[f"{n}.{end}"][0] != after[f"{n}.{end}"][0] for n in names for end in ("crt", "key"))
    return names


# ---- files


def test_files(pki: Path) -> None:
    (ca,), (serving,), (client,) = (certificates(pki / f"{name}.crt") for name in ("ca", "tls", "client"))
    assert hosts(serving) == sorted(ALWAYS)
    assert client.subject.rfc4514_string() == "CN=admin,O=system:masters"
    verifier = PolicyBuilder().store(Store([ca])).build_server_verifier(x509.DNSName(SERVICE))
    assert verifier.verify(serving, []) == [serving, ca]
    assert signed_by(client, ca)
    usage = [c.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value for c in (serving, client)]
    assert [list(u) for u in usage] == [[ExtendedKeyUsageOID.SERVER_AUTH], [ExtendedKeyUsageOID.CLIENT_AUTH]]
    lives = [round((c.not_valid_after_utc - c.not_valid_before_utc) / DAY) for c in (ca, serving, client)]
    assert lives == [3650, 90, 90]


def test_only_the_owner_reads_keys(nginx_binary: Path, folder: Path) -> None:
    pki = folder / "a" / "pki"
    run(nginx_binary, "--dir", pki, umask=0)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in pki.iterdir()}
    assert modes == {
        f"{n}.{e}": m for n in ("ca", "tls", "client") for e, m in (("crt", 0o644), ("key", 0o600))
    }
    assert stat.S_IMODE(pki.stat().st_mode) == 0o700
    (pki / "tls.key").chmod(0o644)
    run(nginx_binary, "--dir", pki, "--host=more.example.com", umask=0)
    assert stat.S_IMODE((pki / "tls.key").stat().st_mode) == 0o600


def test_files_again(nginx_binary: Path, pki: Path) -> None:
    before = state(pki)
    assert re.fullmatch(r'I.*\] "Nothing to do"\n', run(nginx_binary, "--dir", pki))
    assert state(pki) == before


def test_other_hosts(nginx_binary: Path, pki: Path) -> None:
    before = state(pki)
    more = ("--host=10.0.0.1,a.example.com", "--host=*.b.example.com", "--host=fd00::1")
    assert 'reason="it does not cover a.example.com"' in run(nginx_binary, "--dir", pki, *more)
    assert changed(before, pki) == {"tls"}
    (serving,) = certificates(pki / "tls.crt")
    assert hosts(serving) == sorted([*ALWAYS, "10.0.0.1", "a.example.com", "*.b.example.com", "fd00::1"])
    before = state(pki)
    for fewer in (more, more[:1], ()):
        assert "Nothing to do" in run(nginx_binary, "--dir", pki, *fewer)
    assert state(pki) == before
    assert "cover other.edge-system.svc" in run(nginx_binary, "--dir", pki, "--service=other")
    assert changed(before, pki) == {"tls"}


def test_another_client(nginx_binary: Path, pki: Path) -> None:
    """The order of groups is not kept in a certificate, so it says nothing."""
    before = state(pki)
    jane = ("--client-user=jane", "--client-group=long-name", "--client-group=b,a")
    assert 'reason="it is for CN=admin,O=system:masters"' in run(nginx_binary, "--dir", pki, *jane)
    assert changed(before, pki) == {"client"}
    (client,) = certificates(pki / "client.crt")
    assert sorted(part.value for part in client.subject) == ["a", "b", "jane", "long-name"]
    assert "Nothing to do" in run(nginx_binary, "--dir", pki, *jane)
    run(nginx_binary, "--dir", pki, "--client-user=joe", *jane[1:])
    (client,) = certificates(pki / "client.crt")
    assert sorted(part.value for part in client.subject) == ["a", "b", "joe", "long-name"]


@pytest.mark.parametrize("name", ["tls", "client"])
@pytest.mark.parametrize(("left", "new"), [(0.36, False), (0.31, True), (-0.1, True), (1.1, True)])
def test_a_certificate_is_renewed_with_a_third_of_its_life_left(
    nginx_binary: Path, pki: Path, name: str, left: float, new: bool
) -> None:
    age(pki, name, left)
    before = state(pki)
    said = run(nginx_binary, "--dir", pki)
    assert changed(before, pki) == ({name} if new else set())
    assert ("no more than a third of its life is left" in said) == new


def test_an_authority_is_renewed_and_the_older_ones_stay_trusted(nginx_binary: Path, pki: Path) -> None:
    age(pki, "ca", 0.36)
    old, before = serials(pki / "ca.crt"), state(pki)
    assert "Nothing to do" in run(nginx_binary, "--dir", pki)
    assert state(pki) == before
    age(pki, "ca", 0.3)
    old = serials(pki / "ca.crt")
    assert 'reason="another authority signed it"' in run(nginx_binary, "--dir", pki)
    assert changed(before, pki) == {"ca", "tls", "client"}
    new, kept = certificates(pki / "ca.crt")
    assert [kept.serial_number] == old and [new.serial_number] != old
    assert all(signed_by(certificates(pki / f"{name}.crt")[0], new) for name in ("tls", "client"))
    assert "Nothing to do" in run(nginx_binary, "--dir", pki)


def test_an_authority_that_has_expired_is_trusted_no_more(nginx_binary: Path, pki: Path) -> None:
    age(pki, "ca", -0.1)
    old = serials(pki / "ca.crt")
    run(nginx_binary, "--dir", pki)
    (new,) = serials(pki / "ca.crt")
    assert [new] != old


def test_nothing_outlives_its_authority(nginx_binary: Path, folder: Path) -> None:
    run(nginx_binary, "--dir", folder / "pki", "--ca-validity=24h", "--validity=48h")
    ends = {certificates(file)[0].not_valid_after_utc for file in (folder / "pki").glob("*.crt")}
    assert len(ends) == 1
    assert "Nothing to do" in run(nginx_binary, "--dir", folder / "pki")


@pytest.mark.parametrize("broken", ["tls.crt", "tls.key", "client.key", "ca.key", "ca.crt"])
@pytest.mark.parametrize("content", [None, b"", b"nothing", "another"])
def test_files_that_are_broken_are_made_anew(
    nginx_binary: Path, pki: Path, folder: Path, broken: str, content: bytes | str | None
) -> None:
    if content == "another":
        content = authority(folder, "other").with_suffix("." + broken.partition(".")[2]).read_bytes()
    (pki / broken).unlink()
    if isinstance(content, bytes):
        (pki / broken).write_bytes(content)
    run(nginx_binary, "--dir", pki)
    assert "Nothing to do" in run(nginx_binary, "--dir", pki)
    ca, *_ = certificates(pki / "ca.crt")
    assert all(signed_by(certificates(pki / f"{name}.crt")[0], ca) for name in ("tls", "client"))


def test_what_is_no_authority_signs_nothing(nginx_binary: Path, pki: Path) -> None:
    for end in ("crt", "key"):
        shutil.copy(pki / f"tls.{end}", pki / f"ca.{end}")
    assert 'reason="it is no authority"' in run(nginx_binary, "--dir", pki)
    assert len({serials(pki / f"{name}.crt")[0] for name in ("ca", "tls")}) == 2
    assert "Nothing to do" in run(nginx_binary, "--dir", pki)


def test_what_cannot_be_read_is_not_replaced(nginx_binary: Path, pki: Path) -> None:
    (pki / "ca.key").unlink()
    (pki / "ca.key").mkdir()
    before = (pki / "ca.crt").read_bytes()
    assert "ca.key: is a directory" in run(nginx_binary, "--dir", pki, fails=True)
    assert (pki / "ca.crt").read_bytes() == before
    assert sorted(file.name for file in pki.iterdir()) == sorted(
        f"{name}.{end}" for name in ("ca", "tls", "client") for end in ("crt", "key")
    )


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ("", "at least one of the flags in the group [dir secret] is required"),
        ("--dir=", "--dir or --secret must not be empty"),
        ("--dir=x --secret=y", "[dir secret] were all set"),
        ("--dir=x --kubeconfig=y", "[dir kubeconfig] were all set"),
        ("--dir=x --wait=1s", "[dir wait] were all set"),
        ("--dir=x --ca-secret=y", "[ca-secret dir] were all set"),
        ("--secret=y --client-user=u", "[client-user secret] were all set"),
        ("--dir=x --validity=1m", "--validity and --ca-validity must be at least 10m0s"),
        ("--dir=x --ca-validity=-1h", "--validity and --ca-validity must be at least 10m0s"),
        ("--dir=x --validity=1d", 'invalid argument \\"1d\\"'),
        ("--dir=x --host=a_b", '--host \\"a_b\\": a lowercase RFC 1123 subdomain must'),
        ("--dir=x --host=https://a", '--host \\"https://a\\"'),
        ("--dir=x --service=a.b", '--service \\"a.b\\"'),
        ("--dir=x --namespace=", '--namespace \\"\\"'),
        ("--dir=x --client-user=", "--client-user must not be empty"),
        ("--dir=x argument", 'unknown command "argument"'),
        ("--dir=x --nothing", "unknown flag: --nothing"),
        ("--dir=/dev/null/x", "not a directory"),
        ("--secret=A", '--secret \\"A\\"'),
        ("--secret=y --ca-secret=y", "--secret, --ca-secret and --etcd-secret must be different ones"),
        ("--secret=y --wait=-1s", "--wait and --interval must be at least 0"),
        ("--secret=y --interval=-1s", "--wait and --interval must be at least 0"),
        ("--dir=x --interval=1s", "[dir interval] were all set"),
        ("--secret=y", "this does not run in a cluster, and there is no --kubeconfig"),
        ("--secret=y --kubeconfig=/nowhere", "/nowhere: no such file"),
    ],
)
def test_wrong_flags(
    nginx_binary: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, flags: str, says: str
) -> None:
    monkeypatch.chdir(folder)
    said = run(nginx_binary, *flags.split(), fails=True)
    assert says in said or says.replace('\\"', '"') in said, said
    assert not list(folder.iterdir())


# ---- a cluster


class Job:
    """The command for a cluster that remembers."""

    def __init__(self, binary: Path, folder: Path, memory: Memory) -> None:
        self.binary, self.memory = binary, memory
        self.flags = ("--secret=serving", f"--kubeconfig={memory.write_kubeconfig(folder / 'kubeconfig')}")

    def run(self, *flags: str, fails: bool = False) -> str:
        del self.memory.writes[:]
        return run(self.binary, *self.flags, "--v=10", *flags, fails=fails)

    def data(self, key: Key) -> dict[str, bytes]:
        return {k: base64.b64decode(v) for k, v in self.memory.objects[key]["data"].items()}

    def change(self, key: Key, **data: bytes) -> None:
        """Put something else into a Secret; the names of its entries have underscores for dots here."""
        obj = self.memory.objects[key]
        new = {name.replace("_", "."): base64.b64encode(value).decode() for name, value in data.items()}
        self.memory.put(key, obj | {"data": obj["data"] | new})

    def trusts(self, key: Key) -> bytes:
        return base64.b64decode(self.memory.objects[key]["spec"].get("caBundle", ""))

    @property
    def trusted(self) -> bytes:
        """What all APIServices trust alike."""
        (found,) = {self.trusts(key) for key in API_SERVICES}
        return found

    def trust(self, bundle: bytes) -> None:
        for key in API_SERVICES:
            self.memory.put(key, api_service(key, bundle))

    def age(self, left: float, key: Key = CA) -> None:
        """Let so much of the life of a certificate be left; of an authority, in every place where it is trusted."""
        old = self.data(key)["tls.crt"]
        new = aged(old, left, self.data(CA)["tls.key"])
        self.change(key, tls_crt=new)
        if key == CA:
            self.change(CA, ca_crt=new)
            self.change(SERVING, ca_crt=new)
            self.trust(new)

    def sound(self) -> None:
        """All is as it should be: signed, trusted by everyone, and the same when the job runs again."""
        ca, serving = self.data(CA), self.data(SERVING)
        assert ca["ca.crt"] == serving["ca.crt"] == self.trusted
        assert self.trusted.startswith(ca["tls.crt"])
        assert signed_by(certificates(serving["tls.crt"])[0], certificates(ca["tls.crt"])[0])
        assert "Nothing to do" in self.run()
        assert self.memory.writes == []


def api_service(key: Key, bundle: bytes = b"") -> Object:
    version, _, group = key[1].partition(".")
    spec: Object = {"group": group, "version": version, "groupPriorityMinimum": 1000}
    spec |= {"caBundle": base64.b64encode(bundle).decode()} if bundle else {}
    kind = {"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService"}
    return kind | {"metadata": {"name": key[1]}, "spec": spec}


def secret(key: Key, kind: str, **data: bytes) -> Object:
    encoded = {name: base64.b64encode(value).decode() for name, value in data.items()}
    about = {"apiVersion": "v1", "kind": "Secret", "type": kind}
    return about | {"metadata": {"name": key[1], "namespace": "edge-system"}, "data": encoded}


@pytest.fixture
def memory() -> Iterator[Memory]:
    made = Memory()
    for key in API_SERVICES:
        made.put(key, api_service(key))
    yield made
    made.stop()


@pytest.fixture
def job(nginx_binary: Path, folder: Path, memory: Memory) -> Job:
    return Job(nginx_binary, folder, memory)


def test_everything_is_made_and_stays(job: Job) -> None:
    said = job.run("--host=10.0.0.1")
    assert job.memory.writes == [CA, *API_SERVICES, SERVING]
    assert said.count("Wrote a certificate") == 2 and said.count("Published the authority") == 2
    assert all(job.memory.objects[key]["type"] == "kubernetes.io/tls" for key in (CA, SERVING))
    (serving,) = certificates(job.data(SERVING)["tls.crt"])
    assert hosts(serving) == sorted([*ALWAYS, "10.0.0.1"])
    for key in API_SERVICES:
        assert job.memory.objects[key]["spec"] == api_service(key, job.data(CA)["ca.crt"])["spec"]
    assert "Nothing to do" in job.run("--host=10.0.0.1")
    job.sound()


def test_another_authority_is_trusted_before_it_signs(job: Job) -> None:
    job.run()
    job.age(0.3)
    old = job.data(CA)["tls.crt"]
    served: list[bytes] = []

    def look(key: Key) -> None:
        """Whatever is served at any moment is trusted then."""
        served.append(job.data(SERVING)["tls.crt"])
        for trusted in map(job.trusts, API_SERVICES):
            assert any(signed_by(certificates(served[-1])[0], ca) for ca in certificates(trusted))
            assert old in trusted
            assert key != SERVING or trusted.startswith(job.data(CA)["tls.crt"])

    job.memory.before_write = look
    job.run()
    assert job.memory.writes == [CA, *API_SERVICES, SERVING] and len(served) == 4
    new = job.data(CA)["tls.crt"]
    assert job.trusted == new + old and job.data(SERVING)["tls.crt"] not in served
    job.sound()


def test_an_authority_that_has_expired_goes(job: Job) -> None:
    job.run()
    ca = job.data(CA)
    gone = aged(ca["tls.crt"], -0.1, ca["tls.key"])
    job.change(CA, ca_crt=ca["tls.crt"] + gone)
    job.trust(ca["tls.crt"] + gone)
    serving = job.data(SERVING)["tls.crt"]
    job.run()
    assert job.memory.writes == [CA, *API_SERVICES]
    assert job.trusted == ca["tls.crt"] and job.data(SERVING)["tls.crt"] == serving
    job.sound()


@pytest.mark.parametrize(("left", "new"), [(0.36, False), (0.31, True), (-0.1, True)])
def test_a_serving_secret_is_renewed_with_a_third_of_its_life_left(job: Job, left: float, new: bool) -> None:
    job.run()
    job.age(left, SERVING)
    job.run()
    assert job.memory.writes == ([SERVING] if new else [])
    job.sound()


def test_other_hosts_in_a_cluster(job: Job) -> None:
    job.run()
    job.run("--host=a.example.com")
    assert job.memory.writes == [SERVING]
    job.sound()


def test_the_log_is_as_one_asks(job: Job) -> None:
    said = job.run("--logging-format=json").splitlines()
    assert [line["msg"] for line in map(json.loads, said) if line["v"] == 0] == [
        "Wrote a certificate",
        *["Published the authority"] * 2,
        "Wrote a certificate",
    ]


def test_an_authority_that_is_lost(job: Job) -> None:
    """What the APIServices trust goes on to be trusted: there are servers that still show a certificate of it."""
    job.run()
    old = job.trusted
    del job.memory.objects[CA]
    job.run()
    assert job.memory.writes == [CA, *API_SERVICES, SERVING]
    assert job.trusted == job.data(CA)["tls.crt"] + old
    job.sound()


def test_an_authority_of_somebody_else(job: Job, folder: Path) -> None:
    theirs = authority(folder, "theirs")
    pem, key = (theirs.with_suffix(ending).read_bytes() for ending in (".crt", ".key"))
    data = {"tls.crt": aged(pem, 0.9, key), "tls.key": key}
    job.memory.put(CA, secret(CA, "kubernetes.io/tls", **data, other=b"kept"))
    job.run()
    assert job.data(CA) == data | {"ca.crt": data["tls.crt"], "other": b"kept"}
    job.sound()


@pytest.mark.parametrize("key", [CA, SERVING])
def test_a_secret_of_another_type_is_left_alone(job: Job, key: Key) -> None:
    job.memory.put(key, secret(key, "Opaque", password=b"x"))
    said = job.run(fails=True)
    assert f"the Secret edge-system/{key[1]} is of type Opaque, not kubernetes.io/tls" in said
    assert job.data(key) == {"password": b"x"}


@pytest.mark.parametrize("contested", [CA, *API_SERVICES, SERVING])
@pytest.mark.parametrize("there", [False, True])
def test_somebody_else_writes_meanwhile(job: Job, contested: Key, there: bool) -> None:
    """Another job was quicker, or somebody changed an annotation: read again, and change only what is needed."""
    if there:
        job.run()
        job.age(0.3)
        job.age(0.2, SERVING)
    times = 3

    def step_in(key: Key) -> None:
        nonlocal times
        if key == contested and times:
            times -= 1
            obj = job.memory.objects.get(key) or secret(key, "kubernetes.io/tls")
            notes = {"annotations": {"times": str(times)}}
            job.memory.put(key, obj | {"metadata": obj["metadata"] | notes})

    job.memory.before_write = step_in
    job.run()
    job.memory.before_write = lambda key: None
    assert times == 0 and job.memory.objects[contested]["metadata"]["annotations"] == {"times": "0"}
    assert sorted(job.memory.writes) == sorted([CA, *API_SERVICES, SERVING])
    job.sound()


@pytest.mark.parametrize("late", [False, True])
def test_an_authority_that_is_not_the_latest_is_not_published(job: Job, late: bool) -> None:
    """Another job makes a new authority after this one has read it, and is done before this one goes on."""
    job.run()
    job.trust(b"")
    done = False

    def step_in(key: Key) -> None:
        nonlocal done
        if done or key != (API_SERVICES[0] if late else CA):
            return
        done = True
        del job.memory.objects[CA]
        with ThreadPoolExecutor() as pool:
            job.memory.lock.release()
            try:
                pool.submit(run, job.binary, *job.flags).result()
            finally:
                job.memory.lock.acquire()

    if late:
        job.memory.before_write = step_in
    else:
        job.memory.after_read = step_in
    job.run()
    assert done
    job.sound()


def test_many_jobs_at_once(job: Job) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: run(job.binary, *job.flags), range(8)))
    assert job.memory.writes == [CA, *API_SERVICES, SERVING]
    job.sound()


def test_it_gives_up_when_it_never_gets_through(job: Job) -> None:
    def conflict(key: Key) -> None:
        raise Refused(409, "Conflict")

    job.memory.before_write = conflict
    assert "Conflict" in job.run(fails=True)
    assert job.memory.writes == []


def test_what_is_not_trusted_is_not_served(job: Job) -> None:
    job.run()
    job.age(0.3)
    serving = job.data(SERVING)

    def forbid(key: Key) -> None:
        if key in API_SERVICES:
            raise Refused(403, "Forbidden")

    job.memory.before_write = forbid
    assert "APIService v1.nginx.example.com: Forbidden" in job.run(fails=True)
    assert job.data(SERVING) == serving
    job.memory.before_write = lambda key: None
    job.run()
    assert job.memory.writes == [*API_SERVICES, SERVING]
    job.sound()


def test_an_api_service_that_is_missing(job: Job) -> None:
    there, missing = API_SERVICES
    says = f'err="no APIService {missing[1]}; all else is done"'
    del job.memory.objects[missing]
    assert says in job.run(fails=True)
    assert job.memory.writes == [CA, there, SERVING]
    start = time.monotonic()
    assert says in job.run("--wait=2s", fails=True)
    assert 2 <= time.monotonic() - start < 10
    assert job.memory.writes == []
    with ThreadPoolExecutor() as pool:
        running = pool.submit(job.run, "--wait=30s")
        time.sleep(1)
        assert not running.done()
        with job.memory.lock:
            job.memory.put(missing, api_service(missing))
        running.result()
    assert job.memory.writes == [missing]
    job.sound()


def test_a_job_that_stays(job: Job, folder: Path) -> None:
    """It looks again and again, mends what it finds, goes on after a failure, and ends when it is told to."""
    refuse = True

    def step_in(key: Key) -> None:
        if refuse:
            raise Refused(403, "Forbidden")

    def wait(text: str) -> None:
        end = time.monotonic() + 30
        while text not in process.text():
            assert time.monotonic() < end and process.popen.poll() is None, process.text()
            time.sleep(0.05)

    job.memory.before_write = step_in
    process = Process(job.binary, folder / "job", "certs", *job.flags, "--interval=300ms")
    try:
        wait("Not all is done")
        refuse = False
        wait("Nothing to do")
        with job.memory.lock:
            job.age(0.3, SERVING)
            del job.memory.writes[:]
        wait("no more than a third of its life is left")
    finally:
        assert process.stop() == 0
    assert job.memory.writes == [SERVING]
    job.sound()


# ---- the server


def served(server: Aggregated, port: int) -> x509.Certificate:
    """The certificate that the server shows to a new connection."""
    return x509.load_pem_x509_certificate(ssl.get_server_certificate(("127.0.0.1", port)).encode())


def expiry(server: Aggregated) -> float:
    told = server.admin.get("/metrics").body.decode()
    found = re.search(
        r"^apiserver_serving_certificate_expiration_timestamp_seconds (\S+)$", told, re.MULTILINE
    )
    assert found
    return float(found[1])


def test_a_running_server_takes_up_what_is_new(
    nginx: Standalone, nginx_binary: Path, pki: Path, folder: Path
) -> None:
    flags = etcd_flags(etcd_of(nginx), folder.name)
    server = Aggregated(nginx_binary, folder / "server", *flags, pki=pki)
    try:
        port = int(server.url.rpartition(":")[2])
        upstreams = Resource(server.admin, "nginx.example.com", "v1", "upstreams", "Upstream", "default")
        (before,) = certificates(pki / "tls.crt")
        assert served(server, port) == before
        assert expiry(server) == before.not_valid_after_utc.timestamp()
        with upstreams.watch() as watch:
            upstreams.create("before", {})
            watch.next("ADDED")
            run(nginx_binary, "--dir", pki, "--host=127.0.0.2", "--validity=48h")
            (after,) = certificates(pki / "tls.crt")
            end = time.monotonic() + 60
            while served(server, port) != after:
                assert time.monotonic() < end, "the server shows the old certificate"
                time.sleep(0.1)
            assert ipaddress.ip_address("127.0.0.2").exploded in hosts(after)
            assert expiry(server) == after.not_valid_after_utc.timestamp()
            server.client(pki / "client").get(upstreams.path("before")).ok()  # it verifies the new one
            upstreams.create("after", {})
            assert watch.next("ADDED")["metadata"]["name"] == "after"
    finally:
        assert server.stop() == 0


def test_a_standalone_server_renews_its_certificates(nginx_binary: Path, start: object, folder: Path) -> None:
    assert callable(start)
    assert start(nginx_binary).stop() == 0
    pki = folder / "server" / "data" / "pki"
    age(pki, "server", 0.3)
    before = state(pki)
    start(nginx_binary).stop()
    assert changed(before, pki) == {"server"}
