"""The scheduler: relay, broker watch, reconciler, retention and exporter, one file each, and their runner."""

from longshore_scheduler.process import main

__all__ = ["main"]
