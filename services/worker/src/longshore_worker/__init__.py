"""Longshore's worker: Celery, with a ledger behind it.

`main.main` runs one. `celery_adapter` knows Celery and its libraries, `dispatch` what this worker holds,
`execution` how a task runs in the pool's processes; each imports only those named after it.
"""
