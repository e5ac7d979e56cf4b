"""Tasks to learn from, a file an idea. Installed, they are found by the entry point `longshore.tasks`."""

from longshore_examples import arithmetic, cpu, flaky, sleep, wordcount

__all__ = ["arithmetic", "cpu", "flaky", "sleep", "wordcount"]
