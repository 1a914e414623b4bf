"""Text as Go wants it: comments, string literals, import blocks. All that a spec says enters Go through here.

The templates write what gofmt would leave alone; these functions see to it for text of any shape.
"""

import io
import re
from collections.abc import Iterable
from typing import Any

from apigen import scalars

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


def yaml_text(text: str) -> str:
    """Return a YAML scalar for `text`, in double quotes: the escapes of Go are among those of YAML.

    JSON's are not enough: it writes characters beyond the basic plane as two halves, which YAML refuses.
    """
    return quote(text)


class _Quoted(str):
    """A text that would be something else without quotes."""


def yaml_document(value: object) -> str:
    """Return plain data as a YAML document in block style, which YAML 1.1, as kubectl has it, reads alike."""
    from ruamel.yaml import YAML

    yaml: Any = YAML(typ="safe", pure=False)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False
    yaml.representer.add_representer(_Quoted, _single_quotes)
    yaml.representer.ignore_aliases = lambda _: True
    # What hides or breaks lines for some readers is escaped; then so is all that is not ASCII.
    yaml.allow_unicode = not any(_hides(text) for text in _texts(value))
    out = io.StringIO()
    yaml.dump(_quoted(value), out)
    return out.getvalue()


def _hides(text: str) -> bool:
    return bool(_UNSEEN.search(text) or _LINES.search(text.replace("\n", "")))


def _texts(value: Any) -> Iterable[str]:
    """Yield every text in plain data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in [*value, *value.values()] if isinstance(value, dict) else value:
            yield from _texts(each)


def _single_quotes(representer: Any, text: _Quoted) -> Any:
    return representer.represent_scalar("tag:yaml.org,2002:str", str(text), style="'")


def _quoted(value: Any) -> Any:
    if isinstance(value, dict):
        return {_quoted(k): _quoted(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_quoted(v) for v in value]
    return _Quoted(value) if isinstance(value, str) and not isinstance(scalars.plain(value), str) else value


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


def block(lines: Iterable[Any], depth: int = 1) -> str:
    """Return statements as Go text: lines, and lists of lines one step further in; every line has its end."""
    out = []
    for line in lines:
        if isinstance(line, str):
            out.append("\t" * depth + line + "\n" if line else "\n")
        else:
            out.append(block(line, depth + 1))
    return "".join(out)
