"""All disruptions, as one type that JSON is read into."""

from longshore_loadtest.targets.disruptions.alarm import Alarm
from longshore_loadtest.targets.disruptions.cut import Cut
from longshore_loadtest.targets.disruptions.cut_loopback import CutLoopback
from longshore_loadtest.targets.disruptions.fill import Fill
from longshore_loadtest.targets.disruptions.freeze import Freeze
from longshore_loadtest.targets.disruptions.kill import Kill, KillChild, KillGroup
from longshore_loadtest.targets.disruptions.ledger import Busy, Forbid, ReadOnly
from longshore_loadtest.targets.disruptions.skew import Skew

AnyDisruption = (
    Alarm | Busy | Cut | CutLoopback | Fill | Forbid | Freeze | Kill | KillChild | KillGroup | ReadOnly | Skew
)
