"""The chart's Grafana dashboards, a file each. `python -m charts.dashboards` writes them into the chart."""
