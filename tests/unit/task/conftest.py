from collections.abc import Iterator

import pytest

from longshore.task import registry
from longshore.task.decorator import preferred


@pytest.fixture(autouse=True)
def _a_registry_of_its_own() -> Iterator[None]:
    """What a test registers is gone when it ends."""
    before, names = dict(registry), set(preferred)
    registry.clear()
    preferred.clear()
    yield
    registry.clear()
    registry.update(before)
    preferred.clear()
    preferred.update(names)
