"""Names of keys: they stand in logs and records for who did something."""

import pytest

from longshore_ledger import Ledger
from longshore_ledger.keys import Role


@pytest.mark.parametrize(
    "name", ["", " ", "admin", "anyone", "a\nb", "a\x1b[2J", " a", "x" * 101, "\u0430dmin"]
)
def test_a_key_cannot_be_called_what_would_be_mistaken_in_a_log(ledger: Ledger, name: str) -> None:
    with pytest.raises(ValueError, match="is no name for a key"):
        ledger.keys.create(name, Role.VIEWER)
    assert ledger.keys.list() == []
