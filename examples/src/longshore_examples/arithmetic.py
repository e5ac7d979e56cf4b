"""The simplest tasks: type hints say what a call may hold, and the default queue is the task's name.

So `longshore worker -Q add,multiply` serves two of the four. Upload a text file of two numbers a line to any
of them: `3 4` becomes `7`, and a line that cannot be divided is reported while the others go on.
"""

from longshore import task

Number = int | float
"""Integers stay integers, of any size; anything else that is a number is a float."""


@task
def add(a: Number, b: Number) -> Number:
    """Add two numbers."""
    return a + b


@task
def subtract(a: Number, b: Number) -> Number:
    """Subtract the second number from the first."""
    return a - b


@task
def multiply(a: Number, b: Number) -> Number:
    """Multiply two numbers."""
    return a * b


@task
def divide(a: Number, b: Number) -> Number:
    """Divide the first number by the second."""
    return a / b
