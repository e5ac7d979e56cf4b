"""`python -m longshore_scheduler`."""

import signal
import sys

if __name__ == "__main__":
    # The first process of a container is not ended by a signal it does not handle, and imports take a while.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))

    from longshore_scheduler.process import main

    main()
