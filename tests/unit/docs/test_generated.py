"""The documents say what the code says."""

import re
from pathlib import Path

import pytest

from docs.generate import DOCS, GENERATED, renewed
from docs.generate.states import WHY
from longshore.states import MOVES


@pytest.mark.parametrize("document", GENERATED)
def test_a_document_is_what_make_docs_would_write(document: str) -> None:
    # Given
    text = (DOCS / document).read_text(encoding="utf-8")

    # Then
    assert text == renewed(document, text), "run `make docs`"


def test_the_state_diagram_draws_every_legal_move_and_no_other() -> None:
    # Given
    diagram = (DOCS / "state_machine.md").read_text(encoding="utf-8")

    # When
    drawn = set(re.findall(r"^\s+([A-Z]+) --> ([A-Z]+)\b", diagram, flags=re.MULTILINE))

    # Then
    assert drawn == {(source, target) for source, targets in MOVES.items() for target in targets}
    assert drawn == {(str(source), str(target)) for source, target in WHY}


def _headings(document: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}


def test_links_between_documents_lead_somewhere() -> None:
    # Given
    root = DOCS.parent
    folders = ("docs", "examples", "k8s", "charts", "services", "loadtest")
    documents = [*root.glob("*.md"), *(one for folder in folders for one in (root / folder).rglob("*.md"))]
    documents = [one for one in documents if "node_modules" not in one.parts]

    # When
    dead = [
        f"{one.relative_to(root)}: {target}#{heading}"
        for one in documents
        for target, heading in re.findall(r"\]\(([^)#\s]*)#?([^)\s]*)\)", one.read_text(encoding="utf-8"))
        if "://" not in target
        and (
            not (place := one.parent / target if target else one).exists()
            or (heading and heading not in _headings(place))
        )
    ]

    # Then
    assert dead == []


def test_the_places_that_the_architecture_names_exist() -> None:
    # Given
    text = (DOCS / "architecture.md").read_text(encoding="utf-8").partition("## Where things are")[2]

    # When
    places = re.findall(r"`(services/[^`]+)`", text)

    # Then
    assert len(places) >= 15
    assert [place for place in places if not (DOCS.parent / place).exists()] == []
