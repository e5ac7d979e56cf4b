"""The chart's generated files are what `make chart` would write of settings and users of the ledger."""

import pytest

from charts.generate import CHART, GENERATED, renewed


@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_file_of_the_chart_is_what_make_chart_would_write(name: str) -> None:
    assert (CHART / name).read_text(encoding="utf-8") == renewed(name), "run `make chart`"
