"""`python -m charts.generate`: write the schema and the README anew."""

from charts.generate import CHART, GENERATED, renewed

for name in GENERATED:
    (CHART / name).write_text(renewed(name), encoding="utf-8")
