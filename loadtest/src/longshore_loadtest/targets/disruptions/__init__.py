"""What can be done to one process from the machine that it runs on, and how it is undone."""
