"""The options that say how often something breaks, for how long, and whom it spares."""

from typing import Annotated

import typer

from longshore_loadtest.commands.times import seconds

Interval = Annotated[
    float, typer.Option(parser=seconds, metavar="TIME", help="Between two faults, on average.")
]
Duration = Annotated[
    float,
    typer.Option(
        parser=seconds, metavar="TIME", help="Of a fault, on average; of node-loss, 90 s at the least."
    ),
]
MinimumAge = Annotated[
    float, typer.Option(parser=seconds, metavar="TIME", help="What began later is spared.")
]
Select = Annotated[
    str,
    typer.Option(
        metavar="PATTERN",
        help="Only pods or processes called so are hit, as `*-worker-gpu-*`; of faults of a node, only "
        "nodes called so. A fault of a whole part or node hits the others there, too.",
    ),
]
