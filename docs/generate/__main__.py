"""`python -m docs.generate`: write every document anew."""

from docs.generate import DOCS, GENERATED, renewed

for document in GENERATED:
    path = DOCS / document
    path.write_text(renewed(document, path.read_text(encoding="utf-8")), encoding="utf-8")
