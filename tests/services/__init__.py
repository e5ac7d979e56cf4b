"""The real services that tests run on: where they come from, how they are started, broken and ended."""
