"""The options that say which installation is to be broken, and by what means."""

from collections.abc import Callable
from functools import wraps
from inspect import Signature, signature
from pathlib import Path
from typing import Annotated, Any, Final

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
RestoreNode = Annotated[str | None, typer.Option(metavar="COMMAND", help="What gives it back.")]


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


def with_address(command: Callable[..., None]) -> Callable[..., None]:
    """The command with these options instead of its parameter `address: Address | None`.

    That is None without --data and --namespace.
    """
    options = signature(_address_of).parameters
    own = [one for name, one in signature(command).parameters.items() if name != "address"]

    @wraps(command)
    def with_options(**given: Any) -> None:
        address = _address_of(**{name: given.pop(name) for name in options})
        command(**given, address=address)

    parameters = [*own, *options.values()]
    with_options.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    with_options.__annotations__ = {one.name: one.annotation for one in parameters}
    return with_options


def _address_of(
    *,
    data: Data = None,
    namespace: Namespace = None,
    release: Release = "longshore",
    context: Context = None,
    agents: Agents = None,
    agents_image: AgentsImage = AGENTS_IMAGE,
    cut_node: CutNode = None,
    restore_node: RestoreNode = None,
    proxy: Proxies = None,
) -> Address | None:
    """What is meant by these options. Raises BadParameter for both kinds of installation."""
    controls = dict(given.split("=", 1) for given in proxy or ())
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
        restore_node=restore_node,
        proxies=controls,
    )
