"""Names: Go's of JSON's, packages, plurals, constants, the order of versions."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigen import names


@pytest.mark.parametrize(
    ("json", "go"),
    [
        ("name", "Name"),
        ("hostPath", "HostPath"),
        ("host_path", "HostPath"),
        ("ip-address", "IPAddress"),
        ("podIP", "PodIP"),
        ("podIPs", "PodIPs"),
        ("ids", "IDs"),
        ("proxyURL", "ProxyURL"),
        ("proxyUrl", "ProxyURL"),
        ("httpGet", "HTTPGet"),
        ("HTTPServer", "HTTPServer"),
        ("jwks_uri", "JwksURI"),
        ("int32", "Int32"),
        ("utf8", "UTF8"),
        ("ipv4Address", "Ipv4Address"),
        ("1st", "X1St"),
        ("$ref", "Ref"),
        ("a.b/c", "ABC"),
        ("x", "X"),
        ("type", "Type"),
        ("---", "X"),
    ],
)
def test_exported(json: str, go: str) -> None:
    assert names.exported(json) == go


@pytest.mark.parametrize(
    ("json", "go"),
    [
        ("deepCopy", "DeepCopyField"),
        ("deepCopyInto", "DeepCopyIntoField"),
        ("objectMeta", "ObjectMetaField"),
        ("kind", "Kind"),
        ("size", "Size"),
    ],
)
def test_a_field_hides_no_method(json: str, go: str) -> None:
    assert names.field_name(json) == go


@given(st.from_regex(names.FIELD, fullmatch=True))
def test_every_field_name_is_an_exported_identifier(json: str) -> None:
    assert re.fullmatch(r"[A-Z][A-Za-z0-9]*", names.field_name(json))


@pytest.mark.parametrize(
    ("value", "suffix"),
    [
        ("", "Empty"),
        ("*", "Star"),
        ("!=", "NotEqual"),
        ("=~", "EqualMatch"),
        ("RoundRobin", "RoundRobin"),
        ("least-connections", "LeastConnections"),
        ("http", "HTTP"),
        ("1", "1"),
        ("tls1.2", "Tls12"),
        ("true", "True"),
        ("\u00e9", "U00E9"),
        ("a\u00e9", "A"),
    ],
)
def test_constants(value: str, suffix: str) -> None:
    assert names.constant_suffix(value) == suffix


@given(st.text())
def test_every_value_makes_a_constant(value: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9]+", names.constant_suffix(value))


@pytest.mark.parametrize(
    ("kind", "plural"),
    [
        ("Upstream", "upstreams"),
        ("Bus", "buses"),
        ("Box", "boxes"),
        ("Policy", "policies"),
        ("Gateway", "gateways"),
        ("Mesh", "meshes"),
        ("Ingress", "ingresses"),
    ],
)
def test_plurals(kind: str, plural: str) -> None:
    assert names.plural(kind) == plural


@pytest.mark.parametrize(
    ("label", "package"),
    [
        ("nginx", "nginx"),
        ("my-shop", "myshop"),
        ("internal", "internalgroup"),
        ("vendor", "vendorgroup"),
        ("type", "typegroup"),
        ("3d", "g3d"),
        ("Test", "test"),
        ("Windows", "windows"),
    ],
)
def test_packages(label: str, package: str) -> None:
    assert names.package(label) == package


def test_groups_with_one_first_label_get_more_labels() -> None:
    groups = ["shop.a.example.com", "shop.b.example.com", "other.example.com"]
    assert names.distinct_packages(groups) == {
        "shop.a.example.com": "shopa",
        "shop.b.example.com": "shopb",
        "other.example.com": "other",
    }


def test_versions_are_preferred_as_in_kubernetes() -> None:
    ordered = [
        "v10",
        "v2",
        "v1",
        "v11beta2",
        "v10beta3",
        "v3beta1",
        "v12alpha1",
        "v11alpha2",
        "foo",
        "foo1",
        "zoo",
    ]
    assert sorted(sorted(ordered), key=names.version_key) == ordered


@pytest.mark.parametrize(
    "pattern", [names.FIELD, names.LABEL, names.SUBDOMAIN, names.KIND, names.VERSION, names.MODULE]
)
def test_no_name_ends_in_a_line_break(pattern: re.Pattern[str]) -> None:
    texts = ("v1", "Thing", "thing", "example.com")
    assert not any(pattern.match(text + "\n") for text in texts)


def test_a_version_is_a_label() -> None:
    assert names.VERSION.match("v1beta" + "1" * 57)
    assert not names.VERSION.match("v1beta" + "1" * 58)
    assert names.VERSION.match("foo1") and names.VERSION.match("vfoo")
    wrong = ("v0", "v1beta0", "v01", "v1gamma1", "V1", "v1beta", "1", "a-b", "")
    assert not any(names.VERSION.match(v) for v in wrong)


@given(st.from_regex(names.KIND, fullmatch=True))
def test_unexported_names_are_no_keywords(kind: str) -> None:
    name = names.unexported(kind)
    assert name not in names.KEYWORDS
    assert re.fullmatch(r"[a-z][A-Za-z0-9]*_?", name)
