"""The parts of these documents that the code knows better, written by `make docs`.

A test fails while a document differs from what would be written.
"""

from docs.generate.documents import DOCS, GENERATED, renewed

__all__ = ["DOCS", "GENERATED", "renewed"]
