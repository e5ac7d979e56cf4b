"""All injuries, as one type that JSON is read into."""

from longshore_loadtest.targets.injuries.alarm import Alarm
from longshore_loadtest.targets.injuries.cut import Cut
from longshore_loadtest.targets.injuries.cut_loopback import CutLoopback
from longshore_loadtest.targets.injuries.fill import Fill
from longshore_loadtest.targets.injuries.freeze import Freeze
from longshore_loadtest.targets.injuries.kill import Kill, KillChild
from longshore_loadtest.targets.injuries.skew import Skew

AnyInjury = Alarm | Cut | CutLoopback | Fill | Freeze | Kill | KillChild | Skew
