"""A copy vanishes, as with the machine that it was on."""

from longshore_loadtest.faults.fault import ActiveFault
from longshore_loadtest.faults.kinds.kill_graceful import KilledGracefully
from longshore_loadtest.targets.target import Target


class KilledByForce(KilledGracefully):
    """`kubectl delete pod --force --grace-period=0`; SIGKILL to the process and all of its children."""

    name = "kill-forced"
    summary = "a pod deleted without its grace, a process killed with its children"

    def begin(self, target: Target, active_fault: ActiveFault) -> None:
        """Make it end."""
        target.stop(active_fault.victim, force=True)
