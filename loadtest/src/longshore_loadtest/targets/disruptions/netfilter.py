"""nftables: tables of our own, which are made and dropped whole."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from typing import Final

from longshore_loadtest.targets.impossible import Impossible

_LONGEST: Final = 20.0


def lacks_nft() -> str | None:
    """Why there can be no table; None if there can."""
    if os.geteuid() != 0:
        return "only root may cut a network"
    return None if shutil.which("nft") else "the command nft is not installed"


def put_table(name: str, rules: Sequence[str], within: Sequence[str] = ()) -> None:
    """Make the table anew: `rules` see every packet that comes in or goes out. Raises Impossible.

    `within` is the command that enters the network namespace it is for.
    """
    chains = [
        f"chain {way} {{\n type filter hook {way} priority -300; policy accept;\n" + "\n".join(rules) + "\n}"
        for way in ("input", "output")
    ]
    # Declared, dropped, made: the first so that the second never fails.
    text = (
        f"table inet {name}\ndelete table inet {name}\ntable inet {name} {{\n" + "\n".join(chains) + "\n}\n"
    )
    _nft(text, within)


def drop_table(name: str, within: Sequence[str] = ()) -> None:
    """Drop the table, if it is there. Raises Impossible."""
    _nft(f"table inet {name}\ndelete table inet {name}\n", within)


def _nft(text: str, within: Sequence[str]) -> None:
    done = subprocess.run(
        [*within, "nft", "-f", "-"], input=text, capture_output=True, text=True, check=False, timeout=_LONGEST
    )
    if done.returncode:
        raise Impossible(f"nft: {done.stderr.strip()}")
