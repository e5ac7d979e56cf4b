from collections.abc import Iterator

import pytest

from longshore.task import registry


@pytest.fixture(autouse=True)
def _a_registry_of_its_own() -> Iterator[None]:
    """What a test registers is gone when it ends."""
    before = dict(registry)
    registry.clear()
    yield
    registry.clear()
    registry.update(before)
