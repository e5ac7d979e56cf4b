"""What helm says to values that it refuses."""

from typing import Any

import pytest

from tests.chart.rendering import Refused, render


def refusal(values: dict[str, Any]) -> str:
    """Helm's words, the lines joined."""
    with pytest.raises(Refused) as refused:
        render(values)
    return " ".join(str(refused.value).split())
