"""The streams of `/v1/events`: what happens to tasks, and what the whole looks like."""
