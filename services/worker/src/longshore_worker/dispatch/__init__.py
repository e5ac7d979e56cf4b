"""Between deliveries, ledger and pool: what this worker holds, and what becomes of it."""
