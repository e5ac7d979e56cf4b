"""The chart's schema and README, written from the comments in values.yaml by `make chart`.

A test fails while one of them differs from what would be written.
"""

from charts.generate.chart import CHART, GENERATED, renewed

__all__ = ["CHART", "GENERATED", "renewed"]
