"""How much memory parts take, as Kubernetes tells it."""

import pytest

from longshore_loadtest.run.memory import bytes_of, usage


@pytest.mark.parametrize(
    ("quantity", "number"),
    [
        ("123456Ki", 126_418_944.0),
        ("96Mi", 100_663_296.0),
        ("1G", 1e9),
        ("1500000", 1_500_000.0),
        ("2000m", 2.0),
    ],
)
def test_quantities_are_read_as_kubernetes_writes_them(quantity: str, number: float) -> None:
    assert bytes_of(quantity) == number


def test_a_pod_takes_what_its_containers_take() -> None:
    # Given
    told = {
        "items": [
            {
                "metadata": {"name": "longshore-api-1"},
                "containers": [{"usage": {"memory": "1Mi"}}, {"usage": {"memory": "1Mi"}}],
            }
        ]
    }

    # Then
    assert usage(told) == {"longshore-api-1": 2.0 * 2**20}
