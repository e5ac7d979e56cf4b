"""Work for a processor: give it a prefork pool, and a timeout, since only a process can be stopped."""

from typing import Annotated

from pydantic import Field

from longshore import current, task


@task(timeout=60)
def cpu(below: Annotated[int, Field(ge=2, le=10_000_000)] = 200_000) -> int:
    """Count the prime numbers below a limit."""
    primes = 0
    for number in range(2, below):
        primes += all(number % divisor for divisor in range(2, int(number**0.5) + 1))
        if number % 10_000 == 0:
            current().progress(number, below)
    return primes
