"""`python -m tests.images.sizes TAG`: how large the images are over their base, into README.md."""

import re
import sys
from collections.abc import Mapping
from typing import Final

from tests.images.catalogue import BASE, FOLDERS, LIMITS, ROOT
from tests.services.container import docker

README: Final = ROOT / "README.md"
BEGIN: Final = "<!-- images: written by `make image-sizes` -->"
END: Final = "<!-- /images -->"


def over_base(image: str) -> float:
    """Megabytes (of 10^6 bytes) that an image adds to its base, uncompressed: the sum of its own layers."""
    return (_size(image) - _size(BASE)) / 1e6


def table(sizes: Mapping[str, float]) -> str:
    """A row for each image."""
    rows = [f"| `{name}` | {size:.0f} | {LIMITS.get(name, '')} |" for name, size in sizes.items()]
    return "\n".join(["| image | MB over `python:3.13-slim` | limit |", "|---|---:|---:|", *rows])


def written(text: str, rows: str) -> str:
    """`text` with the table between its markers; as it was when it has none."""
    between = re.compile(re.escape(BEGIN) + r"\n.*?" + re.escape(END), re.DOTALL)
    return between.sub(lambda _: f"{BEGIN}\n{rows}\n{END}", text)


def _size(image: str) -> int:
    # Not `inspect`, whose size is the compressed one where containerd keeps the images.
    return sum(map(int, docker("history", "--human=false", "--format", "{{.Size}}", image).split()))


def main(tag: str) -> int:
    """Print the table, write it, and return 1 when an image is too large."""
    sizes = {name: over_base(f"{name}:{tag}") for name in FOLDERS}
    print(table(sizes))
    README.write_text(written(README.read_text(encoding="utf-8"), table(sizes)), encoding="utf-8")
    large = [name for name, limit in LIMITS.items() if sizes[name] > limit]
    if large:
        sys.stderr.write(f"too large: {', '.join(large)}\n")
    return 1 if large else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
