"""The report wears the page's design: the same tokens, with the same values."""

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "services/api/web/longshore.css"
REPORT: Final = ROOT / "loadtest/src/longshore_loadtest/report/templates/report.css"
ITS_OWN: Final = {"--rail", "--axis"}


def tokens(path: Path) -> dict[str, str]:
    """Those of the first `:root`."""
    found = re.search(r":root \{(.*?)\n\}", path.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return dict(re.findall(r"^  (--[\w-]+): (.*?);", found[1], re.MULTILINE))


def test_its_tokens_are_those_of_the_page() -> None:
    # When
    page, report = tokens(PAGE), tokens(REPORT)

    # Then
    assert {name: value for name, value in report.items() if name not in ITS_OWN} == {
        name: page.get(name) for name in report if name not in ITS_OWN
    }


def test_every_token_that_it_uses_is_there() -> None:
    # Given
    used = set(re.findall(r"var\((--[\w-]+)", REPORT.read_text(encoding="utf-8")))

    # Then
    assert used - set(tokens(REPORT)) == {"--colour"}
