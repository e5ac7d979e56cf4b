"""Which signals ask a part to stop."""

import signal


def stop_signals() -> list[signal.Signals]:
    """SIGTERM, Ctrl-C, and the end of the terminal, unless whoever started us by `nohup` has it ignored."""
    ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return [signal.SIGTERM, signal.SIGINT, *([] if ignored else [signal.SIGHUP])]
