"""The documents say what the code says."""

import re

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


def test_links_between_documents_lead_somewhere() -> None:
    # Given
    root = DOCS.parent
    documents = [*root.glob("*.md"), *DOCS.rglob("*.md"), *root.glob("examples/**/*.md")]
    documents = [one for one in documents if "node_modules" not in one.parts]

    # When
    dead = [
        f"{one.relative_to(root)}: {target}"
        for one in documents
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", one.read_text(encoding="utf-8"))
        if "://" not in target and not (one.parent / target).exists()
    ]

    # Then
    assert dead == []
