"""`migrate`: after the storage version moved, every object is stored in the new one, and is otherwise what it was.

A server of the sample `fleet` stores; one whose machines are stored as v1beta1, and whose policies as a version that is
not served, takes over its data. Its hook also refuses more than 100
replicas: unlike rules of the spec, it does so whether they have changed or not.
"""

import itertools
import os
import re
import shutil
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from apiclient import Object, Resource
from etcd import Etcd, Stored
from projects import Project
from servers import Process, Standalone, managers, short_folder

MACHINES = "/registry/fleet/fleet.example.com/machines/"
POLICIES = "/registry/fleet/policy.fleet.example.com/policies/"
SPEC: Object = {"role": "worker", "resources": {"cpus": 4, "disks": [{"device": "/a"}]}, "tags": {"a": "b"}}
OLD: Object = {"role": "worker", "cpus": 4, "disks": [{"path": "/a"}], "rack": "r1", "labels": {"a": "<&>"}}
POLICY: Object = {"action": "allow", "subject": {"kind": "Machine", "name": "m"}}

AT_MOST = """\
	if replicas := in.Spec.Replicas; replicas != nil && *replicas > 100 {
		return field.ErrorList{field.Invalid(field.NewPath("spec", "replicas"), *replicas, "must be at most 100")}
	}
	return nil
"""

Start = Callable[..., Standalone]


@pytest.fixture(scope="module")
def moved_binary() -> Iterator[Path]:
    folder = short_folder()
    project = Project("fleet", folder)
    for file, old, new in (("machine", "v1", "v1beta1"), ("policy", "v1", "v2beta1")):
        path = f"resources/{file}.yaml"
        project.replace(path, f"  - name: {old}\n    storage: true\n", f"  - name: {old}\n")
        project.replace(path, f"  - name: {new}\n", f"  - name: {new}\n    storage: true\n")
    project.replace("internal/registry/fleet/machine/validate.go", "\treturn nil\n", AT_MOST)
    project.generate()
    yield project.build()
    shutil.rmtree(folder)


class Migrated:
    """A server that took over the data of one with another storage version."""

    def __init__(self, server: Standalone, binary: Path) -> None:
        self.server, self.binary = server, binary
        self.etcd = Etcd(server.data)

    def machines(self, version: str = "v1", namespace: str | None = "default") -> Resource:
        return Resource(self.server.admin(), "fleet.example.com", version, "machines", "Machine", namespace)

    def command(self, *flags: str) -> list[str]:
        return [str(self.binary), "migrate", f"--kubeconfig={self.server.kubeconfig}", "--qps=0", *flags]

    def migrate(self, *flags: str, fails: bool = False) -> str:
        """What the command says, all of it on stderr."""
        done = subprocess.run(self.command(*flags), capture_output=True, text=True, timeout=120)
        assert done.returncode == int(fails), done.stderr
        assert done.stdout == ""
        return done.stderr

    def begin(self, *flags: str) -> Process:
        """A migration that runs, and has done its first page."""
        process = Process(self.binary, self.server.folder / "migrate", *self.command(*flags)[1:])
        self.wait(process, 1)
        return process

    def wait(self, process: Process, done: int) -> None:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            counts = re.findall(r"^machines\S+ (\d+) done", process.text(), re.MULTILINE)
            if counts and int(counts[-1]) >= done:
                return
            assert process.popen.poll() is None, process.text()
            time.sleep(0.01)
        raise AssertionError(process.text())

    def stored(self) -> dict[str, Stored]:
        return self.etcd.stored(MACHINES)

    def versions(self) -> Counter[str]:
        """How many machines are stored in which version."""
        return Counter(s.version for s in self.stored().values())


@pytest.fixture
def move(
    fleet_binary: Path, moved_binary: Path, start: Start
) -> Callable[[Callable[[Standalone], None]], Migrated]:
    """Let a server be filled, then start the other one on its data."""

    def run(fill: Callable[[Standalone], None], *flags: str) -> Migrated:
        before = start(fleet_binary)
        fill(before)
        assert before.stop() == 0
        return Migrated(start(moved_binary, *flags), moved_binary)

    return run


def many(count: int) -> Callable[[Standalone], None]:
    def fill(server: Standalone) -> None:
        machines = server.resource("Machine", "v1", "default")
        for index in range(count):
            machines.create(f"m{index:04}", SPEC)

    return fill


def of_all_sorts(server: Standalone) -> None:
    """Machines of several namespaces, versions and managers, some with status; and one object of each other kind."""
    v1 = server.resource("Machine", "v1", "a")
    spokes = [v1, server.resource("Machine", "v1beta1", "b"), server.resource("Machine", "v1alpha1", "c")]
    plain = {"role": "worker", "cpus": 1, "disks": [{"device": "/x"}]}
    for index in range(1200):
        machines = spokes[index % 3]
        spec = (SPEC, plain, OLD)[index % 3] | {"replicas": index % 100}
        machines.create(f"m{index:04}", spec, labels={"index": str(index)})
    v1.apply("applied", SPEC).ok()
    v1.at("v1alpha1").patch("applied", {"spec": {"rack": "r2"}}, fieldManager="other").ok()
    v1.patch("applied", {"status": {"replicas": 3}}, sub="status").ok()
    v1.create("unowned", SPEC)
    v1.patch("unowned", {"metadata": {"managedFields": [{}]}}).ok()
    assert "managedFields" not in v1.get("unowned")["metadata"]
    v1.create("ending", SPEC, finalizers=["example.com/held"])
    v1.delete("ending").ok()
    server.resource("Profile", "v1").create("p", {})
    server.resource("Policy", "v1", "a").create("p", POLICY)


def without_revision(obj: Object) -> Object:
    metadata = {key: value for key, value in obj["metadata"].items() if key != "resourceVersion"}
    return obj | {"metadata": metadata}


def test_every_object_is_stored_anew_and_stays_what_it_is(move: Callable[..., Migrated]) -> None:
    moved = move(of_all_sorts)
    views = [moved.machines(version, None) for version in ("v1", "v1beta1", "v1alpha1")]
    before = [[without_revision(o) for o in view.collection()["items"]] for view in views]
    assert len(before[0]) == 1203
    assert moved.versions() == {"v1": 1203}

    said = moved.migrate("--page-size=100")
    assert "machines.fleet.example.com: 100 done, about 1103 left: 100 written, 0 unchanged" in said
    assert (
        "machines.fleet.example.com: 1203 done, about 0 left: 1203 written, 0 unchanged, 0 gone, 0 failed"
        in said
    )
    assert "policies.policy.fleet.example.com: 1 done, about 0 left: 1 written, " in said
    assert "profiles.fleet.example.com: 1 done, about 0 left: 0 written, 1 unchanged" in said
    assert moved.versions() == {"v1beta1": 1203}
    assert [s.version for s in moved.etcd.stored(POLICIES).values()] == ["v2beta1"]
    assert [[without_revision(o) for o in view.collection()["items"]] for view in views] == before

    stored = moved.etcd.stored("/registry/")
    said = moved.migrate("--page-size=1000")
    assert "machines.fleet.example.com: 1203 done, about 0 left: 0 written, 1203 unchanged" in said
    assert moved.etcd.stored("/registry/") == stored


def test_owners_and_generation_stay(move: Callable[..., Migrated]) -> None:
    moved = move(lambda server: server.resource("Machine", "v1", "default").apply("m", SPEC).ok())
    before = moved.machines().get("m")
    moved.migrate()
    after = moved.machines().get("m")
    assert after["metadata"]["resourceVersion"] != before["metadata"]["resourceVersion"]
    assert list(managers(after)) == ["tester Apply"]
    assert without_revision(after) == without_revision(before)


def test_a_killed_migration_is_finished_by_the_next(move: Callable[..., Migrated]) -> None:
    moved = move(many(300))
    process = moved.begin("--page-size=20", "--qps=200")
    process.popen.kill()
    process.wait()
    done = moved.versions()["v1beta1"]
    assert 20 <= done < 300
    assert f"300 done, about 0 left: {300 - done} written, {done} unchanged" in moved.migrate()
    assert moved.versions() == {"v1beta1": 300}


def test_a_signal_ends_it_and_is_no_success(move: Callable[..., Migrated]) -> None:
    moved = move(many(300))
    process = moved.begin("--page-size=20", "--qps=100")
    assert process.stop() == 1
    assert "stopped at machines.fleet.example.com, run it again" in process.text()
    assert 20 <= moved.versions()["v1beta1"] < 300


def count_up(machines: Resource, seed: int, counted: Counter[str], stop: threading.Event) -> None:
    """Add one to a label of random machines, as clients do that read and write back; remember what was accepted."""
    random = Random(seed)  # noqa: S311
    mine = f"writer-{seed}"
    while not stop.is_set():
        name = f"m{random.randrange(40) * 10:04}"
        if random.random() < 0.5:
            obj = machines.get(name)
            labels = obj["metadata"].setdefault("labels", {})
            labels[mine] = str(counted[f"{name} {mine}"] + 1)
            answer = machines.put(obj)
        else:
            labels = {mine: str(counted[f"{name} {mine}"] + 1)}
            answer = machines.patch(name, {"metadata": {"labels": labels}})
        assert answer.status in (200, 409)
        if answer.status == 200:
            counted[f"{name} {mine}"] += 1


def test_no_write_of_others_is_lost(move: Callable[..., Migrated]) -> None:
    moved = move(many(400))
    stop = threading.Event()
    counted: list[Counter[str]] = [Counter() for _ in range(4)]
    threads = [
        threading.Thread(target=count_up, args=(moved.machines(version), seed, counted[seed], stop))
        for seed, version in enumerate(["v1", "v1beta1", "v1alpha1", "v1"])
    ]
    for thread in threads:
        thread.start()
    for qps in (200, 0, 0):
        moved.migrate("--page-size=400", f"--qps={qps}")
    stop.set()
    for thread in threads:
        thread.join()
    total = sum(counted, Counter())
    assert sum(total.values()) > 500, "too few writes to mean anything"
    listed = {
        o["metadata"]["name"]: o["metadata"].get("labels", {}) for o in moved.machines().collection()["items"]
    }
    found = {
        f"{name} {mine}": int(value) for name, labels in listed.items() for mine, value in labels.items()
    }
    assert found == dict(total)
    assert moved.versions() == {"v1beta1": 400}


def test_what_is_deleted_meanwhile_stays_deleted(move: Callable[..., Migrated]) -> None:
    moved = move(many(200))
    process = moved.begin("--page-size=100", "--qps=50")
    machines = moved.machines()
    names = list(itertools.islice(reversed(machines.names()), 20))
    time.sleep(0.2)  # the second page is listed by now
    for name in names:
        machines.delete(name).ok()
    assert process.wait() == 0
    assert "200 done, about 0 left: 180 written, 0 unchanged, 20 gone, 0 failed" in process.text()
    assert not set(names) & set(machines.names())
    assert moved.versions() == {"v1beta1": 180}


def with_too_many(server: Standalone) -> None:
    many(60)(server)
    machines = server.resource("Machine", "v1", "default")
    for name in ("m0007", "m0042"):
        machines.patch(name, {"spec": {"replicas": 101}}).ok()


def test_refused_objects_are_named_and_stop_nothing(move: Callable[..., Migrated]) -> None:
    moved = move(with_too_many)
    before = moved.stored()
    trial = moved.migrate("--dry-run", fails=True)
    assert moved.stored() == before
    said = moved.migrate("--page-size=10", fails=True)
    for text in (trial, said):
        failed = re.findall(r"^(\S+ \S+): failed: (.*)$", text, re.MULTILINE)
        assert [name for name, _ in failed] == [
            f"machines.fleet.example.com default/m00{n}" for n in ("07", "42")
        ]
        assert all("spec.replicas: Invalid value: 101" in why for _, why in failed)
        assert "2 failed; each is named above" in text
        assert "profiles.fleet.example.com: 0 done" in text
    assert "60 done, about 0 left: 58 written, 0 unchanged, 0 gone, 2 failed" in said
    after = moved.stored()
    assert {k for k, s in after.items() if s == before[k]} == {"default/m0007", "default/m0042"}
    assert moved.versions() == {"v1beta1": 58, "v1": 2}

    moved.machines().patch("m0007", {"spec": {"replicas": 1}}).ok()
    moved.machines().delete("m0042").ok()
    moved.migrate()
    assert moved.versions() == {"v1beta1": 59}


def test_it_goes_on_when_its_place_in_the_list_is_forgotten(move: Callable[..., Migrated]) -> None:
    moved = move(many(120), "--watch-cache=false")
    machines = moved.machines()
    token = machines.collection(limit=20)["metadata"]["continue"]
    process = moved.begin("--page-size=20", "--qps=50")
    while process.popen.poll() is None:
        moved.etcd.compact()
        time.sleep(0.1)
    assert process.wait() == 0, process.text()
    refused = machines.client.get(machines.path(limit=20, **{"continue": token})).refused(410)
    assert refused["metadata"]["continue"]
    assert "120 done, about 0 left: 120 written, 0 unchanged" in process.text()
    assert moved.versions() == {"v1beta1": 120}


def test_a_server_may_restart_meanwhile(
    move: Callable[..., Migrated], start: Start, moved_binary: Path
) -> None:
    moved = move(many(150))
    process = moved.begin("--page-size=10", "--qps=50")
    port = moved.server.url.rpartition(":")[2]
    assert moved.server.stop() == 0
    start(moved_binary, f"--secure-port={port}")
    assert process.wait() == 0, process.text()
    assert moved.versions() == {"v1beta1": 150}


def test_only_the_kinds_that_are_asked_for(move: Callable[..., Migrated]) -> None:
    def fill(server: Standalone) -> None:
        many(1)(server)
        server.resource("Policy", "v1", "a").create("p", POLICY)

    moved = move(fill)
    said = moved.migrate("--kinds=policies.policy.fleet.example.com")
    assert "machines" not in said
    assert moved.versions() == {"v1": 1}
    assert [s.version for s in moved.etcd.stored(POLICIES).values()] == ["v2beta1"]
    said = moved.migrate("--kinds=machines", fails=True)
    assert (
        "machines.fleet.example.com, probes.fleet.example.com, profiles.fleet.example.com,"
        " robots.fleet.example.com, policies.policy.fleet.example.com"
    ) in said


def test_a_server_with_another_storage_version_is_noticed(
    fleet: Standalone, moved_binary: Path, fleet_binary: Path
) -> None:
    with_older = Migrated(fleet, moved_binary)
    said = with_older.migrate(fails=True)
    assert "machines.fleet.example.com: the server does not store it in v1beta1" in said
    Migrated(fleet, fleet_binary).migrate("--dry-run", "--kinds=policies.policy.fleet.example.com")


@pytest.mark.parametrize(
    "wrong", ["--page-size=0", "--qps=-1", "--nothing", "argument", "--kubeconfig=/nowhere"]
)
def test_wrong_flags(fleet: Standalone, fleet_binary: Path, wrong: str) -> None:
    assert "left" not in Migrated(fleet, fleet_binary).migrate(wrong, fails=True)


def test_it_finds_the_server(fleet: Standalone, fleet_binary: Path, folder: Path) -> None:
    """$KUBECONFIG is what the user says; else a standalone server whose data lies here; else there is none."""
    environment = {key: value for key, value in os.environ.items() if key != "KUBECONFIG"} | {
        "HOME": str(folder)
    }
    command = [str(fleet_binary), "migrate", "--kinds=policies.policy.fleet.example.com"]

    def run(**more: str) -> int:
        done = subprocess.run(command, cwd=folder, env=environment | more, capture_output=True, timeout=60)
        return done.returncode

    assert run() == 1
    assert run(KUBECONFIG=str(fleet.kubeconfig)) == 0
    (folder / "fleet-data").mkdir()
    shutil.copy(fleet.kubeconfig, folder / "fleet-data" / "kubeconfig")
    assert run() == 0
    assert run(KUBECONFIG="/nowhere") == 1
