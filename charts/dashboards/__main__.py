"""`python -m charts.dashboards`: write every dashboard anew."""

from charts.dashboards.written import WRITTEN, written

for path, text in written().items():
    (WRITTEN / path).write_text(text, encoding="utf-8")
