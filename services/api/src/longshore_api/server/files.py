"""Open files of the process: each connection is one, and many systems allow 1,024 unless asked for more."""

import resource

import structlog

_log = structlog.get_logger(__name__)


def allow_many_files(wanted: int) -> None:
    """Raise the limit of this process to `wanted`, or as far as it goes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    if most < wanted:
        _log.warning("few open files allowed", allowed=most, wanted=wanted, advice="raise ulimit -n")
