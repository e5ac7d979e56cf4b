"""For those who write tasks: the decorator, the registry, and how a worker finds them."""

from longshore.running import current
from longshore.task.decorator import Task, registry, task
from longshore.task.discovery import load_tasks

__all__ = ["Task", "current", "load_tasks", "registry", "task"]
