"""Every record of the ledger against every index: `longshore doctor --deep`."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

import redis

from longshore.errors import LedgerUnavailable
from longshore_cli.doctor.finding import Finding, fail, ok
from longshore_ledger import Ledger

_TOLD: Final = 100
"""Inconsistencies after which it looks no further."""


def check_records(ledger: Ledger) -> Iterator[Finding]:
    """A finding for each inconsistency, the first hundred of them."""
    found = 0
    try:
        for each in islice(ledger.audit.inconsistencies(), _TOLD):
            found += 1
            yield fail("records", f"{each.id}: {each.text}", "")
    except (redis.ResponseError, LedgerUnavailable) as error:
        text = f"what follows cannot be looked at: {error}"
        yield fail("records", text, "If the server answers at all, a key is of a wrong type: TYPE shows it.")
        return
    if found == _TOLD:
        yield fail("records", f"{_TOLD} inconsistencies; what follows was not looked at", "")
    elif not found:
        yield ok("records", "records and indexes fit together")
