"""What runs a task in a pool's process, and what the task finds around it."""
