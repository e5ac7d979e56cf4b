"""The HTTP API over a real ledger, a file a blueprint."""
