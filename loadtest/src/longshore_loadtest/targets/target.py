"""What a fault may ask of an installation, wherever it runs."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Final, Literal, Protocol

from msgspec import Struct

from longshore_loadtest.targets.disruptions.every import AnyDisruption
from longshore_loadtest.targets.impossible import Impossible

Part = Literal["api", "scheduler", "worker", "rabbitmq", "redis", "flower"]
Ability = Literal["stop", "disrupt", "nodes", "lose-node", "roll", "scale"]

PARTS: Final[tuple[Part, ...]] = ("api", "scheduler", "worker", "rabbitmq", "redis", "flower")


class Instance(Struct, frozen=True):
    """One running copy of a part: a process, or a pod."""

    part: Part
    name: str
    uid: str
    """What no other copy has, nor the next one of the same name: `pid.ticks`, or the pod's uid."""
    age: float
    """Seconds since it began."""
    ready: bool = True
    node: str = ""
    addresses: tuple[str, ...] = ()
    """Where it is reached by others; none for a process here."""


class Local(Struct, frozen=True, tag="local"):
    """Where to find the processes of a `longshore up`."""

    data: str
    """Its data folder."""
    proxies: Mapping[str, str] = {}
    """Places (`client:api`) to the URLs at which their proxies are told what to do."""


class Cluster(Struct, frozen=True, tag="cluster"):
    """Where to find a release of the chart, and by what means to break it."""

    namespace: str
    release: str = "longshore"
    context: str | None = None
    """Of the kubeconfig; None: its current one, or the pod's own service account."""
    agents: str | None = None
    """Namespace that privileged pods may be made in; None: there are none, and no fault that needs one."""
    image: str = "longshore-loadtest:0.1.0"
    """What the agents run."""
    cut_node: str | None = None
    """Command that takes a node away, with `{node}` in it; None: it cannot be done."""
    restore_node: str | None = None
    """Command that gives it back."""
    proxies: Mapping[str, str] = {}


Address = Local | Cluster


class Nodes(Protocol):
    """Machines of a cluster, by their names."""

    def usable(self, node: str) -> bool:
        """Whether it is ready and takes pods."""

    def cordon(self, node: str, *, on: bool) -> None:
        """Let no new pod onto it, or let them again."""

    def evict(self, node: str) -> int:
        """Ask every pod of the installation to leave it; returns how many are still there."""

    def lose(self, node: str, *, lost: bool) -> None:
        """Take it away, or give it back."""


class Workloads(Protocol):
    """Deployments and StatefulSets, by `kind/name`."""

    def roll(self, part: Part) -> None:
        """Replace every copy of a part, one after another, as an upgrade does."""

    def replicas(self, part: Part) -> dict[str, int]:
        """How many copies of a part are wanted, by workload."""

    def scale(self, workload: str, replicas: int) -> None:
        """Want so many."""


class Target(ABC):
    """One installation. Methods raise Impossible where `lacks` would have said why."""

    @property
    @abstractmethod
    def address(self) -> Address:
        """What `open_target` makes the same target of, in another process, later."""

    @abstractmethod
    def lacks(self, ability: Ability, part: Part | None = None) -> str | None:
        """Why this cannot be done to the part; None if it can."""

    @abstractmethod
    def instances(self, part: Part) -> list[Instance]:
        """Its copies that run and are to stay, by name."""

    @abstractmethod
    def whole(self, part: Part) -> bool:
        """Whether as many copies as there should be are there and serve."""

    @abstractmethod
    def stop(self, instance: Instance, *, force: bool) -> None:
        """End it as its platform does, or at once and without a word. What keeps it starts another."""

    @abstractmethod
    def unfit(self, instance: Instance, disruption: AnyDisruption) -> str | None:
        """Why this cannot be done to its process; None if it can, as far as it can be seen from here."""

    @abstractmethod
    def prepared(self, instance: Instance, disruption: AnyDisruption) -> AnyDisruption:
        """The disruption with what `undo` will need; nothing is touched yet."""

    @abstractmethod
    def disrupt(self, name: str, instance: Instance, disruption: AnyDisruption, seconds: float) -> None:
        """Do something to its process. `name`, of letters and digits, tells it from others."""

    @abstractmethod
    def undo(self, name: str, instance: Instance, disruption: AnyDisruption) -> None:
        """Undo it, as often as asked, whether or not it was ever done."""

    def proxy(self, place: str) -> str | None:
        """URL at which the proxy on this way is told what to do, if there is one."""
        return self.address.proxies.get(place)

    @abstractmethod
    def cutting(self, place: str) -> tuple[Part, AnyDisruption]:
        """What cuts the two parts of a place off from each other, and which of them it is done to."""

    def nodes(self) -> Nodes:
        """The machines it runs on, where they can be told apart. Raises Impossible."""
        raise Impossible("there are no nodes on one machine")

    def workloads(self) -> Workloads:
        """What keeps the copies, where there can be more or fewer. Raises Impossible."""
        raise Impossible("there is one copy of each part")
