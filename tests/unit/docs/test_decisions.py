"""Decisions are numbered: a number is given once, and the title has the one of the file's name."""

from pathlib import Path

DECISIONS = sorted((Path(__file__).parents[3] / "docs" / "decisions").glob("0*.md"))


def test_every_decision_has_a_number_of_its_own_and_its_title_has_it() -> None:
    # When
    numbers = [int(path.name.partition("-")[0]) for path in DECISIONS]
    titles = [int(path.read_text(encoding="utf-8").split(maxsplit=2)[1].rstrip(".")) for path in DECISIONS]

    # Then
    assert numbers == list(range(1, len(DECISIONS) + 1))
    assert titles == numbers
