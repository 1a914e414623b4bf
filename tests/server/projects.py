"""Copies of samples that a test changes, generates again and builds."""

import shutil
import subprocess
from pathlib import Path

from servers import MINOR, ROOT, SAMPLES_MINOR, for_minor

from apigen import pipeline


class Project:
    """A project in a folder of its own."""

    def __init__(self, sample: str, folder: Path) -> None:
        ignored = shutil.ignore_patterns("bin", ".apigen")
        self.root = Path(shutil.copytree(ROOT / "samples" / sample, folder / sample, ignore=ignored))

        if MINOR != SAMPLES_MINOR:
            for_minor(self.root)
            pipeline.generate(self.root)

    def replace(self, path: str, old: str, new: str) -> None:
        """Change a file; the text to be replaced must be there."""
        file = self.root / path
        text = file.read_text()
        assert old in text, f"{path} has no {old!r}"
        file.write_text(text.replace(old, new))

    def generate(self) -> list[str]:
        """Generate, and return the paths of the files that changed."""
        changes, _ = pipeline.generate(self.root)
        return [c.path for c in changes if c.writes() or c.deletes()]

    def build(self) -> Path:
        """The server, built."""
        binary = self.root / "bin" / "server"
        command = ["go", "build", "-buildvcs=false", "-o", str(binary), "./cmd/..."]
        done = subprocess.run(command, cwd=self.root, capture_output=True, text=True, timeout=900)
        assert done.returncode == 0, done.stderr
        return binary
