"""Prints the OpenAPI document: python -m longshore_api.describe."""

import sys

import msgspec

from longshore.settings import load_settings
from longshore_api.app import create_app
from longshore_api.openapi import document

if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(document(create_app(load_settings()))))
