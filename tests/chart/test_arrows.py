"""The table of arrows in docs/architecture.md. Needs no helm."""

from tests.chart.arrows import PARTS, arrows_with, read_arrows
from tests.chart.rendering import default_values


def test_the_table_can_be_read() -> None:
    # When
    arrows = read_arrows()

    # Then
    assert len(arrows) > 20
    assert len({(arrow.source, arrow.target) for arrow in arrows}) == len(arrows), "a pair has one row"
    assert all(arrow.source in PARTS or arrow.target in PARTS for arrow in arrows)


def test_what_hangs_on_a_value_comes_and_goes_with_it() -> None:
    # Given
    values = default_values()
    pairs = {(arrow.source, arrow.target) for arrow in arrows_with(values)}

    # When
    values["scheduler"]["deletionCost"] = False
    values["rabbitmq"]["replicas"] = 3
    values["workers"]["gpu"] = {"autoscaling": {"kind": "keda"}}
    others = {(arrow.source, arrow.target) for arrow in arrows_with(values)}

    # Then
    assert pairs - others == {("scheduler", "kubernetes")}
    assert others - pairs == {("rabbitmq", "rabbitmq"), ("rabbitmq", "dns"), ("keda", "scheduler")}
