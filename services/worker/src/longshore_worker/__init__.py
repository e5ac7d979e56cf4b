"""Longshore's worker: Celery, with a ledger behind it.

`main.main` runs one. `gate` is its heart; `child` is what runs in the pool's processes.
"""
