"""Breaks an installation on purpose, by a plan, and makes it whole again."""
