"""Parts of the API that need no ledger."""
