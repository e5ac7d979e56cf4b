"""The scheduler: relay, broker watch, reconciler, retention, exporter and more, one file each.

`process.main` runs them.
"""
