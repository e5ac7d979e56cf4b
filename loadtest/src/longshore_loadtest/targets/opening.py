"""From an address to the target."""

from longshore_loadtest.targets.local import LocalTarget
from longshore_loadtest.targets.target import Address, Local, Target


def open_target(address: Address) -> Target:
    """The installation at this address. Raises Impossible where it cannot be spoken to at all."""
    if isinstance(address, Local):
        return LocalTarget(address)
    # Not before it is needed: the client takes a second to load.
    from longshore_loadtest.targets.kubernetes import KubernetesTarget  # noqa: PLC0415

    return KubernetesTarget(address)
