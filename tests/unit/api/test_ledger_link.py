"""The way to a ledger that is away."""

import pytest

from longshore.errors import LedgerUnavailable
from longshore.settings import Settings
from longshore_api.ledger_link import LedgerLink
from longshore_ledger import Ledger


def test_for_a_moment_one_failed_attempt_speaks_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given
    attempts: list[str] = []

    def fail(url: str, settings: Settings) -> Ledger:
        attempts.append(url)
        raise LedgerUnavailable(url=url, reason="timed out")

    monkeypatch.setattr(Ledger, "open", fail)
    link = LedgerLink(Settings(ledger="redis://192.0.2.1/0"))

    # When
    for _ in range(3):
        with pytest.raises(LedgerUnavailable):
            _ = link.ledger

    # Then
    assert attempts == ["redis://192.0.2.1/0"]
