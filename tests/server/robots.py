"""Robots of the sample `fleet`: three versions in a chain, which differ by every rule there is."""

from apiclient import Object

VERSIONS = ("v1alpha1", "v1beta1", "v1")

ALPHA: Object = {
    "name": "alpha", "enabled": False, "mode": "idle", "timeout": "1.5s", "memory": "1500m", "cells": 3,
    "sponsor": "acme", "stops": ["b", "a"], "arm": {"tool": "saw"}, "settings": {"z": "1", "a": "2"},
    "sensors": {"z": {"range": 1}, "a": {}}, "skills": "dig , weld", "weight": "1.50", "program": '{ "loop": true }',
    "notes": "# a comment\nx: 1\n", "targetKind": "Shelf", "target": "s1", "schedule": "7:30", "serial": "0815",
    "waits": ["1m30s", "1.5s"], "legs": [{"length": 1, "below": [{"length": 2}]}], "color": "red",
    "battery": {"level": 3}, "priority": 0,
}  # fmt: skip
BETA: Object = {
    "title": "beta", "paused": True, "speed": "Turbo", "timeoutSeconds": 7, "memoryBytes": 0, "cells": 2**40,
    "sponsorRef": {"namespace": "n"}, "route": [{"stop": "b", "minutes": 5}, {"stop": "a"}],
    "arms": [{"tool": "saw"}, {"reach": 4}], "settings": [{"name": "z", "comment": "c"}, {"name": "a", "value": ""}],
    "sensors": [{"id": "z", "range": 9}, {"id": "a"}], "skills": ["a,b", ""], "weight": 2.5, "program": {},
    "notes": {"a": [1, None]}, "person": "p", "schedule": {"hour": 7}, "restSeconds": [],
    "legs": [{"below": [{"length": 2}, {}]}], "battery": {}, "priority": 9,
}  # fmt: skip
CONTAINERS = [
    {"name": "c", "image": "i", "ports": [{"containerPort": 1}, {"containerPort": 2, "protocol": "UDP"}]},
    {"name": "d", "image": "j", "env": [{"name": "Y", "value": "2"}, {"name": "X", "value": "1"}]},
]
NEW: Object = {
    "priority": 1, "title": "new", "speed": "Eco", "timeoutMillis": 1999, "owner": {"team": "t"}, "sponsorRef": {},
    "route": [{"stop": "b", "gate": "g"}], "arms": [], "skills": [], "dock": "d", "shelf": "s",
    "legs": [{"millimetres": 3, "joint": "j", "below": [{"joint": "k"}]}], "power": {"source": "sun", "battery": {}},
    "selector": {"matchLabels": {"a": "b"}}, "template": {"spec": {"containers": CONTAINERS}},
}  # fmt: skip
SPECS = {"v1alpha1": ALPHA, "v1beta1": BETA, "v1": NEW}
