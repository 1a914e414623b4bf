"""Fold what the Go program prints into the file that the package holds: compact, one type per line."""

import json
import sys
from typing import Any


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def fold(document: dict[str, Any]) -> str:
    """Return `document` with a line for every entry of its tables."""
    sections = []
    for name, value in sorted(document.items()):
        if isinstance(value, dict):
            lines = ",\n".join(f"{compact(key)}:{compact(entry)}" for key, entry in sorted(value.items()))
            text = "{\n" + lines + "\n}"
        else:
            text = compact(value)
        sections.append(f"{compact(name)}:{text}")
    return "{" + ",\n".join(sections) + "}\n"


if __name__ == "__main__":
    sys.stdout.write(fold(json.load(sys.stdin)))
