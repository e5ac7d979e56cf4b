"""Retries: what fails for a passing reason is tried again, each time after a longer wait.

Between two attempts the task is RETRY, and it waits in the ledger: no worker is held up.
"""

from longshore import current, task


@task(retries=5, backoff=0.5)
def flaky(failures: int = 2) -> str:
    """Fail this often, then work."""
    attempt = current().attempt
    if attempt <= failures:
        raise ConnectionError(f"attempt {attempt}: the other side is not there yet")
    return f"worked at attempt {attempt}"
