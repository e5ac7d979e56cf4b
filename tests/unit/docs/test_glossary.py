"""One word for each thing: the glossary names it, and words that were given up stay away."""

import re
import subprocess
from pathlib import Path

from docs.generate import DOCS

ROOT = DOCS.parent
RETIRED = {
    "death_cap": "max_crashes",
    "deaths": "crashes",
    "lapse_seconds": "heartbeat_timeout_seconds",
    "doubt_seconds": "ownership_timeout_seconds",
    "grace_seconds": "restart_grace_seconds",
    "upkeep": "maintenance",
    "foreman": "runtime",
    "knowers": "peers",
    "appetite": "capacity",
    "solitude": "isolation",
    "vouch": "confirm_running",
    "fates": "confirms, outcomes",
    "wound": "active fault",
    "injury": "disruption",
    "befall": "hit",
    "harbour": "harness",
    "sailor": "simulated worker",
    "voyage": "simulation",
    "deeds": "actions",
    "quay": "manifests",
    "judge": "reap",
    "careful": "alone",
    "pace": "line_seconds, poll timer, rate limit",
    "mend": "fix, repair, heal",
    "part-of-batch": "chunk-of-batch",
    "partofbatch": "ChunkOfBatch",
    "is_part": "is_chunk",
}
"""Words of the past, each with what took its place."""
PAST = ("docs/decisions/", "docs/reports/", "tests/unit/docs/test_glossary.py")
"""What tells of the past, and keeps its words."""
OTHERS = {
    "deaths": (
        "services/cli/src/longshore_cli/up/part.py",
        "services/cli/src/longshore_cli/up/supervisor.py",
    ),
    "judge": ("loadtest/", "tests/", "docs/loadtest.md", "Makefile"),
}
"""Where a word means something else: processes of `longshore up` that end before they have started; and what
load tests and kill tests do with a history, which ends in a verdict."""


def _files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    names = [name for name in listed.decode().split("\0") if name and not name.startswith(PAST)]
    return [path for name in names if (path := ROOT / name).is_file() and not path.is_symlink()]


def test_words_that_were_given_up_stand_nowhere() -> None:
    # Given
    words = re.compile(rf"(?<![a-z_])(?:{'|'.join(RETIRED)})", re.IGNORECASE)

    # When
    found = set[str]()
    for path in _files():
        name = path.relative_to(ROOT).as_posix()
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        for word in {match.lower() for match in words.findall(f"{name}\n{text}")}:
            if not name.startswith(OTHERS.get(word, ())):
                found.add(f"{name}: {word} is {RETIRED[word]} now")

    # Then
    assert sorted(found) == []


def test_the_glossary_is_in_order_and_its_files_exist() -> None:
    # Given
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")

    # When
    tables = [
        re.findall(r"^\| ([^|]+) \|[^|]+\| `([^`]+)` \|$", table, re.MULTILINE)
        for table in text.split("\n\n")
    ]
    tables = [table for table in tables if table]

    # Then
    assert sum(len(table) for table in tables) >= 30
    for table in tables:
        assert [word for word, _ in table] == sorted(word for word, _ in table)
        for _, file in table:
            below = (
                [ROOT / file] if file.startswith("loadtest/") else list(ROOT.glob(f"services/*/src/{file}"))
            )
            assert any(path.exists() for path in below), file
