"""Text as Go wants it: comments, string literals, import blocks. All that a spec says enters Go through here.

The templates write what gofmt would leave alone; these functions see to it for text of any shape.
"""

import re
from collections.abc import Iterable
from typing import Any

Lines = list[Any]
"""Statements: each a line, or a list of those that stand one step further in."""

# Line ends of any kind, also those that only Unicode knows; a comment must not end before its line does.
_LINES = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
# Characters that would hide or reorder text for a reader (Trojan Source), and those no text should hold.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
# What gofmt moves to the end of a doc comment.
_LINK = re.compile(r"^(\[[^\]]*\]):")
# What gofmt makes curly quotes in doc comments. It leaves three backquotes alone; of longer runs it changes some,
# so they become three. Source: go/doc/comment.
_CURLY = re.compile(r"`{3,}|``|''")
_CURLED = {"``": "\u201c", "''": "\u201d"}


def _seen(text: str) -> str:
    return _UNSEEN.sub(lambda m: f"\\u{ord(m.group()):04x}", text)


def comment_lines(text: str) -> list[str]:
    """Return `text` as lines of a Go comment without their slashes.

    gofmt leaves them as they are: no indented block, no list, no two empty lines, no link definition. A
    leading plus sign, which generators take for a marker, is put behind a backslash.
    """
    lines: list[str] = []
    for raw in _LINES.split(text):
        line = _seen(" ".join(raw.split()))
        line = _LINK.sub(r"\1 :", line)
        line = _CURLY.sub(lambda m: _CURLED.get(m.group(), "```"), line)
        if line.startswith("+"):
            line = "\\" + line
        if line or (lines and lines[-1]):
            lines.append(line)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def comment(text: str, indent: str = "") -> str:
    """Return `text` as a Go comment, every line with `indent` and a line end; nothing for an empty text."""
    return "".join(f"{indent}// {line}".rstrip() + "\n" for line in comment_lines(text))


def quote(text: str) -> str:
    """Return a Go string literal for `text`, in double quotes and ASCII but for letters."""
    out = []
    for char in text:
        code = ord(char)
        if char in '"\\':
            out.append("\\" + char)
        elif char in "\n\t\r":
            out.append({"\n": "\\n", "\t": "\\t", "\r": "\\r"}[char])
        elif 0x20 <= code < 0x7F or (code >= 0xA0 and char.isalnum()):
            out.append(char)
        else:
            out.append(f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
    return '"' + "".join(out) + '"'


def imports(paths: Iterable[tuple[str, str]], module: str) -> str:
    """Return an import declaration for (alias, path) pairs: standard library, others, this module.

    An empty alias writes the path alone. The result ends with an empty line, or is empty.
    """
    blocks: list[list[str]] = [[], [], []]
    for alias, path in sorted(set(paths), key=lambda p: p[1]):
        mine = path == module or path.startswith(module + "/")
        block = 2 if mine else 1 if "." in path.split("/")[0] else 0
        blocks[block].append(f"\t{alias} {quote(path)}" if alias else f"\t{quote(path)}")
    used = [b for b in blocks if b]
    if not used:
        return ""
    if sum(map(len, used)) == 1:
        return "import " + used[0][0].strip() + "\n\n"
    return "import (\n" + "\n\n".join("\n".join(b) for b in used) + "\n)\n\n"


def import_lines(paths: Iterable[tuple[str, str]]) -> str:
    """Return (alias, path) pairs as lines of an import declaration; an alias that says nothing is left out."""
    listed = sorted(set(paths), key=lambda p: p[1])
    return "\n".join(f"\t{a + ' ' if a and a != p.rsplit('/', 1)[-1] else ''}{quote(p)}" for a, p in listed)


# gofmt leaves a function literal on one line up to a size of 100, which it does not count in characters alone.
_SHORT = 80


def literal(head: str, *statements: str) -> str:
    """Return a function literal as gofmt leaves it."""
    if len(statements) == 1 and len(head) + len(statements[0]) <= _SHORT and "\n" not in statements[0]:
        return f"{head} {{ {statements[0]} }}"
    body = "".join("\n\t" + s.replace("\n", "\n\t") for s in statements)
    return f"{head} {{{body}\n}}"


def block(lines: Iterable[Any], depth: int = 1) -> str:
    """Return statements as Go text: lines, and lists of lines one step further in; every line has its end.

    What follows on a line end inside of a line is indented from there on.
    """
    out = []
    for line in lines:
        if isinstance(line, str):
            indent = "\t" * depth
            out.append(indent + line.replace("\n", "\n" + indent) + "\n" if line else "\n")
        else:
            out.append(block(line, depth + 1))
    return "".join(out)
