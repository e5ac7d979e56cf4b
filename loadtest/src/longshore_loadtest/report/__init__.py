"""The report of a run: one self-contained page, Markdown and JSON of the same figures; two runs compared."""

from pathlib import Path

import msgspec

from longshore_loadtest.report.both import comparison_markdown, comparison_page
from longshore_loadtest.report.compare import Comparison, compare
from longshore_loadtest.report.figures import Report, from_json, to_json
from longshore_loadtest.report.markdown import markdown
from longshore_loadtest.report.page import page
from longshore_loadtest.report.summary import summarise

__all__ = ["Comparison", "Report", "compare", "from_json", "summarise", "write", "write_comparison"]


def write(report: Report, folder: Path) -> Path:
    """Write `report.html`, `report.md` and `report.json` into a folder; gives the page."""
    return _write(folder, "report", page(report), markdown(report), to_json(report))


def write_comparison(comparison: Comparison, folder: Path) -> Path:
    """Write `comparison.html`, `comparison.md` and `comparison.json` into a folder; gives the page."""
    data = msgspec.json.format(msgspec.json.encode(comparison), indent=1) + b"\n"
    return _write(folder, "comparison", comparison_page(comparison), comparison_markdown(comparison), data)


def _write(folder: Path, name: str, html: str, text: str, data: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_bytes(data)
    (folder / f"{name}.md").write_text(text, encoding="utf-8")
    path = folder / f"{name}.html"
    path.write_text(html, encoding="utf-8")
    return path
