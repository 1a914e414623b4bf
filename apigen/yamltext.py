"""Text and data as YAML wants them: scalars in manifests, whole documents for examples."""

import io
import json
import re
from typing import Any

from apigen import scalars
from apigen.gotext import quote

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")


def yaml_text(text: str) -> str:
    """Return a YAML scalar for `text`: itself where it is a word that is a text to every reader, else in double quotes.

    The escapes of Go are among those of YAML. JSON's are not enough: it writes characters beyond the basic plane as
    two halves, which YAML refuses.
    """
    return text if _WORD.fullmatch(text) and scalars.plain(text) == text else quote(text)


class _Quoted(str):
    """A text that would be something else without quotes."""


def flow(value: Any) -> str:
    """Return a value as YAML in one line, with quotes where they are needed."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(inner) for inner in value) + "]"
    if isinstance(value, str):
        return _text(value)
    return json.dumps(value)


def _text(value: str) -> str:
    if not value or scalars.plain(value) != value or any(c in value for c in ":#,[]{}&*!|>'\"%@`?"):
        return "'" + value.replace("'", "''") + "'" if '"' in value else json.dumps(value)
    return value


def yaml_document(value: object) -> str:
    """Return plain data as a YAML document in block style, which YAML 1.1, as kubectl has it, reads alike.

    All that is not ASCII is escaped: some of it hides or breaks lines.
    """
    from ruamel.yaml import YAML

    yaml: Any = YAML(typ="safe", pure=False)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False
    yaml.allow_unicode = False
    yaml.representer.add_representer(_Quoted, _single_quotes)
    yaml.representer.ignore_aliases = lambda _: True
    out = io.StringIO()
    yaml.dump(_quoted(value), out)
    return out.getvalue()


def _single_quotes(representer: Any, text: _Quoted) -> Any:
    return representer.represent_scalar("tag:yaml.org,2002:str", str(text), style="'")


def _quoted(value: Any) -> Any:
    if isinstance(value, dict):
        return {_quoted(k): _quoted(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_quoted(v) for v in value]
    return _Quoted(value) if isinstance(value, str) and not isinstance(scalars.plain(value), str) else value
