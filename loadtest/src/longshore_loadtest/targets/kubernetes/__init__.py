"""A release of the chart on a Kubernetes."""

from longshore_loadtest.targets.kubernetes.release import KubernetesTarget

__all__ = ["KubernetesTarget"]
