"""`python -m longshore_api`: serve, as the environment says."""

import signal
import sys

if __name__ == "__main__":
    # The first process of a container is not ended by a signal it does not handle, and imports take a while.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))

    from longshore_api.server import serve  # Before all else: it patches the standard library.

    # isort: split
    from longshore.settings import load_settings

    serve(load_settings())
