"""The same kubectl commands to our server and to upstream's, and the differences that we know of."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from apiclient import Object
from beside import SIDES, Pair


@dataclass(frozen=True)
class Difference:
    """Something in the output of kubectl that is not the same, and why."""

    reason: str
    pattern: str
    instead: str = ""

    def hide(self, text: str) -> str:
        return re.sub(self.pattern, self.instead, text, flags=re.MULTILINE)


AGE = Difference(
    "upstream has the columns of a server that defines none; ours are those of a custom resource",
    r" +(CREATED AT|AGE|TIME|\d+s|<unknown>)$",
    " COLUMN",
)
GENERATION = Difference(
    "upstream does not count generations", r'^[ +-]*"?generation"?: \d+,?\n|^  Generation: .*\n'
)
ENUM = Difference(
    "upstream's schemas do not tell the values of enums",
    r"^ *enum: .*\n|^ +\n +Possible enum values:\n(?: +- .*\n)+",
)
DESCRIPTIONS = Difference(
    "upstream describes kinds and specs otherwise, those of v1alpha1 not at all",
    r"^DESCRIPTION:\n(?:.*\n)*?FIELDS:",
    "FIELDS:",
)
METADATA = Difference(
    "upstream does not describe the metadata", r"(metadata\t<ObjectMeta>)\n    .*\n", "\\1\n"
)
STORAGE_VERSION = Difference(
    "upstream stores flunders as v1alpha1, ours as v1beta1",
    r'(?<="name":"flunders")(.*?)"storageVersionHash":".*?"',
    "\\1",
)
WARNING = Difference(
    "ours warns of a deprecated version also where it then finds nothing", r"^Warning: .* deprecated .*\n"
)

NOISE = (
    ("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UID"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME"),
    (r'(resourceVersion"?: ?|Resource Version: +)"?\d+"?', '\\1"RV"'),
    (r"[^ ]*/(LIVE|MERGED)-\d+", "\\1"),
    (r"^(---|\+\+\+) (.*)\t.*$", "\\1 \\2"),
    (r"^@@ .* @@\n", ""),
    (r'"serverAddress":":\d+"', ""),
)


@dataclass(frozen=True)
class Said:
    """What kubectl said: the same of both servers."""

    code: int
    out: str
    err: str


class Twins:
    """kubectl of both servers, in one namespace of each."""

    def __init__(self, pair: Pair, namespace: str) -> None:
        self.kubectls = [pair.kubectl(side, namespace) for side in SIDES]
        for kubectl in self.kubectls:
            kubectl.environment["KUBECTL_EXTERNAL_DIFF"] = "diff -N -U0"

    def __call__(self, *command: str, input: str | None = None, known: Iterable[Difference] = ()) -> Said:
        """Give both the command. They must say the same, but for those differences, each of which must be there."""
        done = [kubectl.run(*command, input=input) for kubectl in self.kubectls]
        said = [(str(each.returncode), plain(each.stdout), plain(each.stderr)) for each in done]
        for difference in known:
            before = said
            said = [(code, difference.hide(out), difference.hide(err)) for code, out, err in said]
            assert before != said, f"kubectl {' '.join(command)} does not need: {difference.reason}"
        ours, theirs = said
        assert ours == theirs, f"kubectl {' '.join(command)}"
        return Said(done[0].returncode, done[0].stdout, done[0].stderr)

    def object(self, resource: str, name: str) -> Object:
        """An object as both have it, who owns what included. Only ours has a generation."""
        get = ("get", resource, name, "--output=json", "--show-managed-fields")
        ours, theirs = (comparable(kubectl(*get)) for kubectl in self.kubectls)
        assert ours == theirs
        return ours

    def ok(self, *command: str, input: str | None = None, known: Iterable[Difference] = ()) -> str:
        """What both say of a command that both grant."""
        said = self(*command, input=input, known=known)
        assert said.code == 0, said
        return said.out

    def fails(self, *command: str, input: str | None = None, known: Iterable[Difference] = ()) -> str:
        """What both complain of."""
        said = self(*command, input=input, known=known)
        assert said.code != 0, said
        return said.err


def comparable(text: str) -> Object:
    """An object without what is not the same of any two, and without its generation."""
    obj: Object = json.loads(plain(text))
    obj["metadata"].pop("generation", None)
    # Entries are sorted by the second in which they were made, then by the manager.
    obj["metadata"]["managedFields"].sort(key=lambda entry: (entry["manager"], entry["operation"]))
    return obj


def plain(text: str) -> str:
    """Text without what differs from object to object."""
    for pattern, instead in NOISE:
        text = re.sub(pattern, instead, text, flags=re.MULTILINE)
    return text
