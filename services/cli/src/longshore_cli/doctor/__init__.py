"""`longshore doctor`: one look at everything a running system needs, each with what to do about it."""
