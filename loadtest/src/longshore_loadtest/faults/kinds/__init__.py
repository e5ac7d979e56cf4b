"""Every fault there is, one a file."""

from typing import Final

from longshore_loadtest.faults.fault import Fault
from longshore_loadtest.faults.kinds.broker_alarm import BrokerAlarm
from longshore_loadtest.faults.kinds.clock_skew import ClockSkew
from longshore_loadtest.faults.kinds.cut import NetworkCut
from longshore_loadtest.faults.kinds.disk_full import DiskFull
from longshore_loadtest.faults.kinds.freeze import Frozen
from longshore_loadtest.faults.kinds.kill_child import ChildKilled
from longshore_loadtest.faults.kinds.kill_forced import KilledByForce
from longshore_loadtest.faults.kinds.kill_graceful import KilledGracefully
from longshore_loadtest.faults.kinds.kill_group import GroupKilled
from longshore_loadtest.faults.kinds.kill_process import ProcessKilled
from longshore_loadtest.faults.kinds.latency import Latency
from longshore_loadtest.faults.kinds.ledger_busy import LedgerBusy
from longshore_loadtest.faults.kinds.ledger_forbids import LedgerForbids
from longshore_loadtest.faults.kinds.ledger_readonly import LedgerReadOnly
from longshore_loadtest.faults.kinds.loss import Loss
from longshore_loadtest.faults.kinds.node_drain import NodeDrained
from longshore_loadtest.faults.kinds.node_loss import NodeLost
from longshore_loadtest.faults.kinds.rolling_upgrade import RollingUpgrade
from longshore_loadtest.faults.kinds.scale_to_zero import ScaledToZero

FAULTS: Final[dict[str, Fault]] = {
    fault.name: fault
    for fault in (
        KilledGracefully(),
        KilledByForce(),
        ProcessKilled(),
        ChildKilled(),
        GroupKilled(),
        Frozen(),
        NodeDrained(),
        NodeLost(),
        NetworkCut(),
        Latency(),
        Loss(),
        BrokerAlarm(),
        DiskFull(),
        LedgerBusy(),
        LedgerForbids(),
        LedgerReadOnly(),
        ClockSkew(),
        RollingUpgrade(),
        ScaledToZero(),
    )
}
