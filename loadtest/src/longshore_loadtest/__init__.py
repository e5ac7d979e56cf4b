"""Loads a Longshore, breaks it, and says from a history of its own what was lost."""
