"""Make the templates of go.mod and go.sum of the tidy ones of a project: modules.py PROJECT FOLDER."""

import sys
from pathlib import Path

# What only some specs import is an indirect requirement everywhere.
SOME = ("k8s.io/utils", "sigs.k8s.io/json", "sigs.k8s.io/yaml")


def go_mod(text: str) -> str:
    """Return the template of a tidy go.mod, which has a block of direct requirements and one of indirect ones."""
    head, direct, indirect = (block.strip("\n") for block in text.split("require ("))
    kept = [line for line in direct.splitlines() if line.startswith("\t") and line.split()[0] not in SOME]
    some = [line + " // indirect" for line in direct.splitlines() if line.strip().split(" ")[0] in SOME]
    rest = sorted([line for line in indirect.splitlines() if line.startswith("\t")] + some, key=str.split)
    head = "\n".join(line for line in head.splitlines() if not line.startswith(("module ", "//"))).strip()
    blocks = ["module {{ project.module }}", head]
    blocks += ["require (\n" + "\n".join(lines) + "\n)" for lines in (kept, rest)]
    return "{# given: Project; makes: go.mod #}\n" + "\n\n".join(blocks) + "\n"


def main(project: Path, folder: Path) -> None:
    (folder / "go.mod.j2").write_text(go_mod((project / "go.mod").read_text()))
    (folder / "go.sum.j2").write_text(
        "{# given: Project; makes: go.sum #}\n" + (project / "go.sum").read_text()
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
