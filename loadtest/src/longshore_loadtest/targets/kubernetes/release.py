"""The pods of a release."""

from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from kubernetes import client

from longshore_loadtest.targets.disruptions.cut import Cut
from longshore_loadtest.targets.disruptions.every import AnyDisruption
from longshore_loadtest.targets.disruptions.skew import MISSING, Skew, runs_under_faketime
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.kubernetes.agents import Agents
from longshore_loadtest.targets.kubernetes.connection import TIMEOUT, asking, connect
from longshore_loadtest.targets.kubernetes.nodes import ClusterNodes
from longshore_loadtest.targets.kubernetes.workloads import ClusterWorkloads
from longshore_loadtest.targets.target import PARTS, Ability, Cluster, Instance, Part, Target


class KubernetesTarget(Target):
    """Parts are told by the chart's labels. Pods are deleted, evicted and counted through the API server.

    What is done to a process inside a pod is done by an agent: a privileged pod on the same node, which
    undoes it when its time is over or when it is deleted, whatever becomes of us.
    """

    def __init__(self, address: Cluster, api: Any = None) -> None:
        """`api`: a client of `kubernetes`, if not the address' own. Raises Impossible."""
        self._address = address
        self._api = api or connect(address.context)
        self._core = client.CoreV1Api(self._api)
        self._agents = Agents(self._core, address)
        self._nodes = ClusterNodes(self._core, address)
        self._workloads = ClusterWorkloads(client.AppsV1Api(self._api), address)

    @property
    def address(self) -> Cluster:
        """Namespace, release and means."""
        return self._address

    @cached_property
    def wanted(self) -> frozenset[Part]:
        """Parts that the release has."""
        return frozenset(part for part in PARTS if self._workloads.replicas(part))

    def lacks(self, ability: Ability, part: Part | None = None) -> str | None:
        """As far as it can be seen without trying: rights are found out when they are used."""
        if part is not None and part not in self.wanted:
            return f"the release {self._address.release} has no {part}"
        if ability == "disrupt" and not self._address.agents:
            return "no namespace was given in which privileged pods may be made (agents)"
        if ability == "lose-node" and not (self._address.cut_node and self._address.restore_node):
            return "no command was given that takes a node away, and none that gives it back"
        if ability in ("nodes", "lose-node"):
            return self._nodes.lack()
        return None

    def instances(self, part: Part) -> list[Instance]:
        """Its pods that run and are not being deleted."""
        pods = self._pods(part)
        return [_instance(part, pod) for pod in pods if _stays(pod)]

    def whole(self, part: Part) -> bool:
        """As many ready pods as are wanted, all of the newest template."""
        wanted = self._workloads.settled(part)
        if wanted is None:
            return False
        return sum(instance.ready for instance in self.instances(part)) == wanted

    def stop(self, instance: Instance, *, force: bool) -> None:
        """Delete the pod: with its own grace, or with none."""
        body = client.V1DeleteOptions(
            grace_period_seconds=0 if force else None,
            preconditions=client.V1Preconditions(uid=_pod_uid(instance)),
        )
        with asking(f"delete pod {instance.name}"):
            self._core.delete_namespaced_pod(
                instance.name, self._address.namespace, body=body, _request_timeout=TIMEOUT
            )

    def unfit(self, instance: Instance, disruption: AnyDisruption) -> str | None:
        """What the pod's description tells; the agent asks the process itself."""
        if isinstance(disruption, Skew):
            (container, *_) = self._pod(instance).spec.containers
            given = {one.name: one.value or "" for one in container.env or ()}
            return None if runs_under_faketime(given) else MISSING
        if isinstance(disruption, Cut) and not disruption.addresses:
            return "there is nobody to cut it off from"
        return None

    def prepared(self, instance: Instance, disruption: AnyDisruption) -> AnyDisruption:
        """The agent prepares it, and keeps what it needs."""
        del instance
        return disruption

    def disrupt(self, name: str, instance: Instance, disruption: AnyDisruption, seconds: float) -> None:
        """Send an agent to the pod's node, and wait until it says that it has begun."""
        pod = self._pod(instance)
        if pod.metadata.uid != _pod_uid(instance):
            raise Impossible(f"pod {instance.name} was replaced meanwhile")
        started = pod.status.container_statuses or []
        if not started or not started[0].container_id:
            raise Impossible(f"no container runs in pod {instance.name}")
        container = started[0].container_id.rpartition("//")[2]
        self._agents.send(name, pod.spec.node_name, container, disruption, seconds)

    def undo(self, name: str, instance: Instance, disruption: AnyDisruption) -> None:
        """Call the agent back, and wait until it has gone: it undoes what it did before."""
        del instance, disruption
        self._agents.call_back(name)

    def cutting(self, place: str) -> tuple[Part, AnyDisruption]:
        """The server of the two drops what comes from the pods of the other."""
        server, client_part = place.split(":")
        if server not in PARTS or client_part not in PARTS:
            raise Impossible(f"only a proxy can cut the way {place}, and there is none")
        peers = [address for one in self.instances(client_part) for address in one.addresses]
        return server, Cut(addresses=peers)

    def nodes(self) -> ClusterNodes:
        """The cluster's nodes."""
        return self._nodes

    def workloads(self) -> ClusterWorkloads:
        """The release's Deployments and StatefulSets."""
        return self._workloads

    def _pods(self, part: Part) -> list[Any]:
        labels = f"app.kubernetes.io/instance={self._address.release},app.kubernetes.io/component={part}"
        if part == "worker":
            labels += ",longshore.dev/pool"  # a proxy that may do what workers may has their other labels
        with asking(f"list pods of {part}"):
            found = self._core.list_namespaced_pod(
                self._address.namespace, label_selector=labels, _request_timeout=TIMEOUT
            )
        return sorted(found.items, key=lambda pod: str(pod.metadata.name))

    def _pod(self, instance: Instance) -> Any:
        with asking(f"read pod {instance.name}"):
            return self._core.read_namespaced_pod(
                instance.name, self._address.namespace, _request_timeout=TIMEOUT
            )


def _stays(pod: Any) -> bool:
    return pod.metadata.deletion_timestamp is None and pod.status.phase == "Running"


def _instance(part: Part, pod: Any) -> Instance:
    restarts = sum(one.restart_count for one in pod.status.container_statuses or ())
    conditions = {one.type: one.status for one in pod.status.conditions or ()}
    return Instance(
        part=part,
        name=pod.metadata.name,
        uid=f"{pod.metadata.uid}.{restarts}",
        age=(datetime.now(UTC) - pod.metadata.creation_timestamp).total_seconds(),
        ready=conditions.get("Ready") == "True",
        node=pod.spec.node_name or "",
        addresses=(pod.status.pod_ip,) if pod.status.pod_ip else (),
    )


def _pod_uid(instance: Instance) -> str:
    return instance.uid.rpartition(".")[0]
