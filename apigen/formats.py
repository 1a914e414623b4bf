"""The formats of texts that the language has: those of CustomResourceDefinitions, and those of labels.

Source: k8s.io/kube-openapi/pkg/validation/strfmt and k8s.io/apiextensions-apiserver/pkg/apiserver/validation. The
server asks those libraries themselves; here is what a default or an example has to satisfy, by the same rules.
"""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from apigen.patterns import matches


@dataclass(frozen=True)
class Format:
    """A format: what a text of it must be, an example, and whether a text is of it."""

    says: str
    example: str
    fits: Callable[[str], bool]
    go: str = ""
    """The function of apimachinery's package validation that says what is wrong, where strfmt does not know it."""


def _pattern(pattern: str, most: int = 0) -> Callable[[str], bool]:
    return lambda text: matches(pattern, text) and (not most or len(text) <= most)


def _parses(parse: Callable[[str], object], having: str = "") -> Callable[[str], bool]:
    def fits(text: str) -> bool:
        try:
            parse(text)
        except ValueError:
            return False
        return having in text

    return fits


def _date(text: str) -> object:
    return date.fromisoformat(text if len(text) == 10 else "")


_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?(z|[+-][0-9]{2}:[0-9]{2})$"
# strfmt takes a text for a duration that has a number with a unit in it anywhere.
_UNITS = r"(ns|us|µs|ms|s|m|h|hr|d|w|wk)([^A-Za-zµ]|$)|nano|micro|milli|sec|min|hour|day|week"
_DURATION = rf"^[+-]?0$|[0-9]\s*({_UNITS})"
_HOST = (
    r"^([a-zA-Z0-9\p{S}\p{L}]((-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?)|([a-zA-Z0-9\p{S}\p{L}](([a-zA-Z0-9-\p{S}\p{L}]{0,61}"
    r"[a-zA-Z0-9\p{S}\p{L}])?)(\.)){1,}([a-zA-Z\p{L}]){2,63})$"
)


def _time(text: str) -> bool:
    day, clock = text[:10], text[11:]
    separated = text[10:11] in ("T", "t")
    return separated and _parses(_date)(day) and matches(_CLOCK, clock.lower())


def _duration(text: str) -> bool:
    return matches(_DURATION, text)


def _hostname(text: str) -> bool:
    fits = matches(_HOST, text) and len(text.encode()) <= 255
    return fits and all(len(part.encode()) <= 63 for part in text.split("."))


_HEX = "[0-9a-fA-F]"
_SHORT = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"


def _qualified(text: str) -> bool:
    prefix, slash, name = text.rpartition("/")
    domain = not slash or _pattern(rf"^{_SHORT}(\.{_SHORT})*$", 253)(prefix)
    return domain and _pattern(f"^{_QUALIFIED}$", 63)(name)


def _uuid(version: str, variant: str = "") -> Callable[[str], bool]:
    third, fourth = version + f"{_HEX}{{{4 - len(version)}}}", f"{variant}{_HEX}{{{3 if variant else 4}}}"
    return _pattern(f"^{_HEX}{{8}}-?{_HEX}{{4}}-?{third}-?{fourth}-?{_HEX}{{12}}$")


FORMATS: dict[str, Format] = {
    "byte": Format(
        "base64", "aGVsbG8=", _pattern("^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$")
    ),
    "cidr": Format(
        "a network such as 10.0.0.0/8 or fd00::/8", "10.0.0.0/8", _parses(ipaddress.ip_interface, "/")
    ),
    "date": Format("a date such as 2006-01-02", "2026-01-01", _parses(_date)),
    "date-time": Format("a time such as 2006-01-02T15:04:05Z", "2026-01-01T00:00:00Z", _time),
    "duration": Format("a duration such as 30s", "30s", _duration),
    "email": Format("an email address", "someone@example.com", _pattern("^([^@<>]* <)?[^@ <>]+@[^@ <>]+>?$")),
    "hexcolor": Format("a color such as #ff8000", "#ff8000", _pattern(f"^#?({_HEX}{{3}}|{_HEX}{{6}})$")),
    "hostname": Format("a host name", "example.com", _hostname),
    "ipv4": Format("an IPv4 address", "10.1.2.3", _parses(ipaddress.IPv4Address)),
    "ipv6": Format("an IPv6 address", "fd00::1", _parses(ipaddress.IPv6Address)),
    "mac": Format(
        "a MAC address",
        "02:00:5e:10:00:01",
        _pattern(f"^({_HEX}{{2}}([:-]{_HEX}{{2}}){{5}}(([:-]{_HEX}{{2}}){{2}}|([:-]{_HEX}{{2}}){{14}})?|"
                 f"{_HEX}{{4}}([.]{_HEX}{{4}}){{2,9}})$"),
    ),
    "password": Format("a password", "example", lambda _: True),
    "uri": Format("a URI", "https://example.com/", _pattern("^([a-zA-Z][a-zA-Z0-9+.-]*:|/)[^ ]*$")),
    "uuid": Format("a UUID", "6f1c2b7e-3d5a-4c8e-9b1f-2a7d4e6c8b90", _uuid("")),
    "uuid3": Format("a UUID of version 3", "6f1c2b7e-3d5a-3c8e-9b1f-2a7d4e6c8b90", _uuid("3")),
    "uuid4": Format("a UUID of version 4", "6f1c2b7e-3d5a-4c8e-9b1f-2a7d4e6c8b90", _uuid("4", "[89abAB]")),
    "uuid5": Format("a UUID of version 5", "6f1c2b7e-3d5a-5c8e-9b1f-2a7d4e6c8b90", _uuid("5", "[89abAB]")),
    "k8s-short-name": Format("a DNS label", "example", _pattern(f"^{_SHORT}$", 63), "IsDNS1123Label"),
    "k8s-long-name": Format(
        "a DNS subdomain", "example.com", _pattern(rf"^{_SHORT}(\.{_SHORT})*$", 253), "IsDNS1123Subdomain"
    ),
    "k8s-label-key": Format("a qualified name", "example.com/name", _qualified, "IsQualifiedName"),
    "k8s-label-value": Format("a label value", "example", _pattern(f"^({_QUALIFIED})?$", 63), "IsValidLabelValue"),
}  # fmt: skip

# What other languages call them.
NEAR_MISSES = {
    "datetime": "date-time", "time": "date-time", "ip": "ipv4", "url": "uri", "base64": "byte", "fqdn": "hostname",
    "dns1123Label": "k8s-short-name", "dns1123Subdomain": "k8s-long-name", "dns-label": "k8s-short-name",
    "qualifiedName": "k8s-label-key", "labelValue": "k8s-label-value", "guid": "uuid", "color": "hexcolor",
}  # fmt: skip
