"""The options that say which installation is to be broken, and by what means."""

from pathlib import Path
from typing import Annotated, Final

import typer

from longshore_loadtest.faults.ways import WAYS
from longshore_loadtest.targets.target import Address, Cluster, Local

AGENTS_IMAGE: Final = "longshore-loadtest:0.1.0"

Data = Annotated[
    Path | None, typer.Option(help="Data folder of a `longshore up`, to break its processes.", exists=True)
]
Namespace = Annotated[str | None, typer.Option(help="Namespace of a release, to break its pods.")]
Release = Annotated[str, typer.Option(help="That release.")]
Context = Annotated[str | None, typer.Option(help="Of the kubeconfig. [default: its current one]")]
Agents = Annotated[
    str | None,
    typer.Option(help="Namespace where privileged pods may run; without, no faults that need one."),
]
AgentsImage = Annotated[str, typer.Option(help="What those pods run.")]
CutNode = Annotated[
    str | None, typer.Option(metavar="COMMAND", help="What takes a node away, with {node} in it.")
]
MendNode = Annotated[str | None, typer.Option(metavar="COMMAND", help="What gives it back.")]


def _proxy(text: str) -> str:
    place, _, url = text.partition("=")
    if place not in WAYS or not url.startswith("http://"):
        raise typer.BadParameter(f"{text!r} is no WAY=http://HOST:PORT; ways are {', '.join(WAYS)}")
    return text


Proxies = Annotated[
    list[str] | None,
    typer.Option(
        "--proxy",
        parser=_proxy,
        metavar="WAY=URL",
        help="A proxy on the way between two parts, and where it is told what to do. May be given again.",
    ),
]


def address_of(
    *,
    data: Path | None,
    namespace: str | None,
    release: str,
    context: str | None,
    agents: str | None,
    agents_image: str,
    cut_node: str | None,
    mend_node: str | None,
    proxies: list[str] | None,
) -> Address | None:
    """What is meant by these options; None without --data and --namespace. Raises BadParameter for both."""
    controls = dict(given.split("=", 1) for given in proxies or ())
    if namespace is None:
        return None if data is None else Local(str(data.resolve()), controls)
    if data is not None:
        raise typer.BadParameter("it is one of the two", param_hint="--data, --namespace")
    return Cluster(
        namespace,
        release,
        context=context,
        agents=agents,
        image=agents_image,
        cut_node=cut_node,
        mend_node=mend_node,
        proxies=controls,
    )
