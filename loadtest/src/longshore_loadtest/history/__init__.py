"""The history: everything that was seen of a run from outside, appended as it happens."""
