"""The images, where each is built from, and how large it may be."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
BASE: Final = "python:3.13-slim"
FOLDERS: Final = {
    "longshore-api": "services/api",
    "longshore-scheduler": "services/scheduler",
    "longshore-worker": "services/worker",
    "longshore-flower": "services/flower",
    "longshore-loadtest": "loadtest",
}
LIMITS: Final = {"longshore-api": 200, "longshore-scheduler": 200, "longshore-worker": 180}
"""Megabytes, uncompressed, over the base image."""
