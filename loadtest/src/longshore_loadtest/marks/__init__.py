"""Marks: the proof that a task really ran, kept outside of everything under test."""
