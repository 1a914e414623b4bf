"""Names: what people write in a spec, made into names that Go, file systems and Kubernetes accept.

Go names follow Kubernetes casing: words are cut at punctuation and at lower-to-upper borders, and well-known
initialisms are upper case. The result for one name never depends on another name.
"""

import re

# Initialisms as api-machinery and golint spell them.
_INITIALISM_WORDS = (
    "ACL API ASCII CA CIDR CPU CSI CSS DNS EOF FQDN GPU GRPC GUID HTML HTTP HTTPS ID IP IPC JSON JWT NIC NFS OIDC"
    " OS PVC QPS RAM RBAC RPC SLA SMTP SQL SSH SSL TCP TLS TTL UDP UI UID URI URL UTF8 UUID VM XML YAML"
)
_INITIALISMS = frozenset(_INITIALISM_WORDS.split())
_PLURAL_INITIALISMS = {i.lower() + "s": i + "s" for i in _INITIALISMS if i.isalpha()}

_KEYWORD_WORDS = (
    "break case chan const continue default defer else fallthrough for func go goto if import interface map package"
    " range return select struct switch type var"
)
KEYWORDS = frozenset(_KEYWORD_WORDS.split())
# What Windows takes for a device wherever it stands, so that no folder can be called so.
DEVICES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{i}" for port in ("com", "lpt") for i in range(1, 10)}
)
# Folder names to which the Go tool gives a meaning, and the one package name that is no library.
_SPECIAL_FOLDERS = frozenset({"internal", "vendor", "testdata", "main", "cmd"}) | DEVICES
# What generated types have as methods, or what their roots embed; a Go field of that name would hide it.
_METHODS = frozenset(
    {"DeepCopy", "DeepCopyInto", "DeepCopyObject", "OpenAPIModelName", "TypeMeta", "ObjectMeta", "ListMeta"}
    | {"GetObjectKind", "GetObjectMeta", "SetGroupVersionKind", "GroupVersionKind", "SwaggerDoc"}
)

FIELD = re.compile(r"^[A-Za-z0-9_$][A-Za-z0-9_.$/-]{0,127}\Z")
LABEL = re.compile(r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\Z")
SUBDOMAIN = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
KIND = re.compile(r"^[A-Z][A-Za-z0-9]{0,62}\Z")
VERSION = re.compile(
    r"^(?=.{1,63}\Z)(?:v([1-9][0-9]*)((alpha|beta)([1-9][0-9]*))?|(?!v[0-9])[a-z][a-z0-9]*)\Z"
)
MODULE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._~-]*(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*\Z")


def exported(name: str) -> str:
    """Return the exported Go name of a JSON name: `ip-address` is IPAddress, `jwks_uri` is JwksURI."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W_]+", re.sub(r"[^0-9A-Za-z]+", " ", name))
    go = "".join(_word(w) for w in _join_digits(words))
    if not go or not go[0].isalpha():
        go = "X" + go
    return go


def _join_digits(words: list[str]) -> list[str]:
    """Put digits back at the word before them, so that `int32` and `utf8` stay one word."""
    out: list[str] = []
    for word in words:
        if word.isdigit() and out:
            out[-1] += word
        else:
            out.append(word)
    return out


def _word(word: str) -> str:
    if word.upper() in _INITIALISMS:
        return word.upper()
    if word.lower() in _PLURAL_INITIALISMS and not word.isupper():
        return _PLURAL_INITIALISMS[word.lower()]
    return word[0].upper() + word[1:]


def field_name(json_name: str) -> str:
    """Return the Go name of a struct field; one that would hide a method or an embedded field ends in Field."""
    go = exported(json_name)
    return go + "Field" if go in _METHODS else go


def constant_suffix(value: str) -> str:
    """Return what the name of an enum's constant ends with; values of punctuation alone are spelled out."""
    if not value:
        return "Empty"
    if not re.search(r"[A-Za-z0-9]", value):
        return "".join(_PUNCTUATION.get(c, f"U{ord(c):04X}") for c in value)
    words = re.split(r"[^0-9A-Za-z]+", value)
    return "".join(_word(w) for w in words if w) if value.isascii() else exported(value)


_PUNCTUATION = {
    "*": "Star", "+": "Plus", "-": "Minus", "=": "Equal", "!": "Not", "~": "Match", "<": "Less", ">": "Greater",
    "/": "Slash", ".": "Dot", "_": "Underscore", "%": "Percent", "&": "And", "|": "Or", "^": "Caret", "?": "Question",
}  # fmt: skip


def package(label: str) -> str:
    """Return a Go package and folder name for the label of a group, a version or a kind."""
    name = re.sub(r"[^a-z0-9]", "", label.lower())
    if not name or name[0].isdigit():
        name = "g" + name
    return name + "group" if name in KEYWORDS or name in _SPECIAL_FOLDERS else name


def unexported(go_name: str) -> str:
    """Return a Go name with its first word in lower case: `HTTPRoute` is httpRoute."""
    head = re.match(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]+$|[A-Z]", go_name)
    if not head:
        return go_name
    name = head.group().lower() + go_name[head.end() :]
    return name + "_" if name in KEYWORDS else name


def plural(kind: str) -> str:
    """Return the plural of a kind as kubebuilder and CRDs have it: lower case, English endings."""
    word = kind.lower()
    if re.search(r"(s|x|z|ch|sh)$", word):
        return word + "es"
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + "s"


def version_key(version: str) -> tuple[int, int, int, str]:
    """Return a key that sorts versions from the most to the least preferred, as Kubernetes does.

    Other names than v1, v1beta1 and the like come last, in the order of the alphabet.

    Source: k8s.io/apimachinery/pkg/version.CompareKubeAwareVersionStrings.
    """
    match = VERSION.match(version)
    if not match or not match[1]:
        return (3, 0, 0, version)
    stage = {None: 0, "beta": 1, "alpha": 2}[match[3]]
    return (stage, -int(match[1]), -int(match[4] or 0), "")


def is_alpha(version: str) -> bool:
    """Whether a version is one that Kubernetes calls alpha: v1alpha1, not alphabet."""
    return version_key(version)[0] == 2


def distinct_packages(groups: list[str]) -> dict[str, str]:
    """Return a package name for each group: its first label, more labels where two groups share it."""
    out: dict[str, str] = {}
    for group in groups:
        labels = group.split(".")
        for n in range(1, len(labels) + 1):
            mine = package("-".join(labels[:n]))
            others = [package("-".join(g.split(".")[:n])) for g in groups if g != group]
            if mine not in others:
                break
        while mine in out.values():
            mine += "x"
        out[group] = mine
    return out
