"""What differs between the minors of Kubernetes that can be generated for, all of it but lists of facts.

The facts have files of their own, made by tools: `apigen/upstream/MINOR.json`, the types that a spec may name, and
`templates/modules/MINOR/`, the versions of modules. What templates write differently is Go text here, so that they
need not ask. docs/kubernetes.md says how the next minor is added.
"""

from dataclasses import dataclass
from textwrap import dedent


@dataclass(frozen=True)
class Moved:
    """An API whose signature is another one than in the minor before: a word that names it in code, and what to do."""

    word: str
    advice: str


@dataclass(frozen=True)
class Minor:
    """What is special about a minor: pieces of Go that are given to templates, and what moved since the one before."""

    on_update: str
    """The parameters of AllowCreateOnUpdate and AllowUnconditionalUpdate in rest.RESTUpdateStrategy."""
    authorizers: str
    """How k8s.io/apiserver/pkg/authorization/union joins `masters` and `health`: statements that return an error."""
    etcd: str
    """The version of the etcd that an installation brings along: that of the etcd in the binary."""
    moved: tuple[Moved, ...] = ()


def _go(text: str) -> str:
    """Statements as a template has them: a tab deep, without a line end."""
    return dedent(text).strip().replace("\n", "\n\t")


MINORS = {
    "1.36": Minor(
        on_update="",
        authorizers=_go("""
            config.Authorization.Authorizer = union.New(masters, health)
            return nil
            """),
        etcd="3.6.8",
    ),
    "1.37": Minor(
        on_update="context.Context",
        authorizers=_go("""
            config.Authorization.Authorizer, err = union.New(
            \tunion.NamedAuthorizer{AuthorizerName: "masters", Authorizer: masters},
            \tunion.NamedAuthorizer{AuthorizerName: "health", Authorizer: health},
            )
            return err
            """),
        etcd="3.7.0",
        moved=(
            Moved("AllowCreateOnUpdate", "AllowCreateOnUpdate of a strategy takes a context.Context"),
            Moved(
                "AllowUnconditionalUpdate", "AllowUnconditionalUpdate of a strategy takes a context.Context"
            ),
            Moved(
                "union.New",
                "union.New takes union.NamedAuthorizer, each with a name, and returns an error too",
            ),
        ),
    ),
}
"""The minors, oldest first."""


def number(minor: str) -> tuple[int, ...]:
    """Return what compares as minors do."""
    return tuple(int(part) for part in minor.split("."))


def between(old: str, new: str) -> tuple[Moved, ...]:
    """Return what moved from the minor `old` to `new`."""
    since = (m for m in MINORS if number(old) < number(m) <= number(new))
    return tuple(moved for minor in since for moved in MINORS[minor].moved)
