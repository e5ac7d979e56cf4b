"""`python -m longshore_loadtest.faults.proxy --to HOST:PORT`: prints where it listens, and serves."""

import argparse
import asyncio
import json
import sys

from longshore_loadtest.faults.proxy.server import Address, Proxy


def main() -> None:
    """Read the addresses and serve."""
    parser = argparse.ArgumentParser(prog="python -m longshore_loadtest.faults.proxy", description=__doc__)
    parser.add_argument("--to", type=_address, required=True, help="where it leads: HOST:PORT")
    parser.add_argument("--listen", type=_address, default=("127.0.0.1", 0), help="HOST:PORT; 0 is any")
    parser.add_argument(
        "--control", type=_address, default=("127.0.0.1", 0), help="where it is told what to do"
    )
    parser.add_argument("--seed", type=int, default=0, help="of its dice")
    given = parser.parse_args()
    asyncio.run(_serve(given.to, given.listen, given.control, given.seed))


async def _serve(to: Address, listen: Address, control: Address, seed: int) -> None:
    proxy = Proxy(to, seed)
    ports = await proxy.open(listen, control)
    sys.stdout.write(json.dumps({"port": ports[0], "control": f"http://{control[0]}:{ports[1]}"}) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


if __name__ == "__main__":
    main()
