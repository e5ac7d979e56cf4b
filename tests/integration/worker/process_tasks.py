"""Tasks that use their process in ways that others must not feel. Some leave marks."""

import asyncio
import ctypes
import multiprocessing
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from longshore import current, task


def _mark(pid: int, id: str) -> None:
    with Path(os.environ["MARKS"]).open("a") as file:
        file.write(f"begun {id} {pid}\n")


@task
def plain(a: int = 0) -> list[int]:
    """Return what it was given, and the process."""
    return [a, os.getpid()]


@task
def fork(how: str) -> str:
    """Fork, and let the copy go on."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return f"parent {os.waitstatus_to_exitcode(status)}"
    current().progress(99, 99)
    if how == "raise":
        raise ValueError("in the copy")
    if how == "exit":
        sys.exit(3)
    return "copy"


@task
def dispositions(_: int = 0) -> list[bool]:
    """Whether SIGTERM, SIGINT are Python's own here."""
    return [
        signal.getsignal(signal.SIGTERM) is signal.SIG_DFL,
        signal.getsignal(signal.SIGINT) is signal.default_int_handler,
    ]


@task(timeout=20)
def terminate(how: str) -> str:
    """Start something and end it as one does."""
    match how:
        case "popen":
            with subprocess.Popen(["sleep", "60"]) as process:
                process.terminate()
                return str(process.wait())
        case "trap":
            script = "trap 'echo cleaned up; exit 7' TERM; echo ready; while :; do sleep 0.05; done"
            with subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, text=True) as process:
                assert process.stdout is not None
                process.stdout.readline()
                process.terminate()
                return f"{process.stdout.read().strip()} {process.wait()}"
        case "asyncio":
            return str(asyncio.run(_terminate()))
        case "multiprocessing":
            child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,))
            child.start()
            child.terminate()
            child.join()
            return str(child.exitcode)
    raise ValueError(how)


async def _terminate() -> int:
    process = await asyncio.create_subprocess_exec("sleep", "60")
    process.terminate()
    return await process.wait()


@task(timeout=30)
def share(method: str) -> list[int]:
    """Have other processes do the work."""
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        found = list(pool.map(abs, [-1, -2, -3]))
    with context.Pool(2) as workers:
        return found + workers.map(abs, [-4])


@task(timeout=1)
def start(how: str) -> str:
    """Start a process, and end as it is told: by itself, too late, or not at all."""
    detached = "detached" in how
    if "thread" in how:
        with ThreadPoolExecutor(1) as threads:
            return threads.submit(_start, detached, current().id).result().communicate()[0]
    process = _start(detached, current().id)
    if "late" in how:
        process.wait()
    if "again" in how:
        _start(detached, current().id).wait()
    if "crash" in how:
        os.kill(os.getpid(), signal.SIGKILL)
    return how


def _start(detached: bool, id: str) -> subprocess.Popen[str]:
    script = "sleep 300 & echo $!; wait"
    process = subprocess.Popen(
        ["sh", "-c", script], stdout=subprocess.PIPE, text=True, start_new_session=detached
    )
    assert process.stdout is not None
    _mark(process.pid, id)
    _mark(int(process.stdout.readline()), id)
    return process


@task(timeout=60)
def crash(how: str) -> None:
    """End the process."""
    match how:
        case "exit":
            os._exit(3)
        case "fault":
            ctypes.string_at(0)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)


@task(timeout=60)
def leave_behind(what: str) -> int:  # noqa: PLR0912
    """Change something of the process, and leave it so."""
    match what:
        case "alarm":
            signal.alarm(1)
        case "folder":
            os.chdir("/")
        case "deleted folder":
            folder = Path(os.environ["MARKS"]).with_name(f"gone-{os.getpid()}-{time.monotonic_ns()}")
            folder.mkdir()
            os.chdir(folder)
            folder.rmdir()
        case "umask":
            os.umask(0o777)
        case "environment":
            os.environ["LEFT_BEHIND"] = "1"
            del os.environ["PATH"]
        case "seed":
            random.seed(1)
        case "limits":
            resource.setrlimit(resource.RLIMIT_NOFILE, (8, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
        case "hard limits":
            resource.setrlimit(resource.RLIMIT_NOFILE, (8, 8))
        case "streams":
            sys.stdout.close()
            sys.stderr.close()
            sys.stdin.close()
        case "descriptors":
            os.closerange(0, 3)
        case "all descriptors":
            os.closerange(0, 256)
        case "trace":
            sys.settrace(_broken)
        case "builtin":
            import builtins

            builtins.len = builtins.print = None  # type: ignore[assignment]
        case "handler":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        case "handler of a seldom one":
            signal.signal(signal.SIGURG, _never_return)
        case "timer":
            signal.signal(signal.SIGALRM, _never_return)
            signal.setitimer(signal.ITIMER_REAL, 0.5, 0.5)
        case "blocked":
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    return os.getpid()


def _never_return(*_: object) -> None:
    while True:
        time.sleep(1)


@task
def leave_thread(how: str) -> int:
    """Leave a thread that, when the file <MARKS>.go is there, lets nothing run here any more."""
    libc = ctypes.PyDLL(None)  # its functions keep the GIL

    def stop_all(main: int, pid: int) -> None:
        while not Path(os.environ["MARKS"] + ".go").exists():
            time.sleep(0.01)
        _tell(pid)
        match how:
            case "GIL":
                libc.sleep(1000)
            case "handler":
                signal.pthread_kill(main, signal.SIGUSR2)
            case "stopped":
                os.kill(pid, signal.SIGSTOP)

    if how == "handler":  # a library's own, of which Python does not know
        libc.signal(int(signal.SIGUSR2), libc.pause)
    arguments = threading.get_ident(), os.getpid()
    threading.Thread(target=stop_all, args=arguments, daemon=True).start()
    return os.getpid()


def _tell(pid: int) -> None:
    with Path(os.environ["MARKS"]).open("a") as file:
        file.write(f"stuck {pid}\n")


def _broken(frame: Any, *_: object) -> Any:
    if frame.f_code.co_name == "look_around":
        raise RuntimeError("traced")
    return _broken


@task(timeout=60)
def look_around(_: int = 0) -> dict[str, object]:
    """Use everything that another task may have left changed."""
    print("printed")
    sys.stderr.write("written\n")
    files = [os.open("/dev/null", os.O_RDONLY) for _ in range(20)]
    for file in files:
        os.close(file)
    mask = os.umask(0o022)
    os.umask(mask)
    return {
        "folder": str(Path.cwd()),
        "umask": mask,
        "left": os.environ.get("LEFT_BEHIND"),
        "path": bool(os.environ.get("PATH")),
        "random": random.random(),
        "len": len("four"),
        "traced": sys.gettrace() is not None,
        "alarm": signal.getitimer(signal.ITIMER_REAL)[0],
        "term": signal.getsignal(signal.SIGTERM) is signal.SIG_DFL,
        "blocked": len(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
        "files": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
    }


_hoard: list[bytes] = []


@task
def hoard(mebibytes: int) -> int:
    """Keep memory, and return the process."""
    _hoard.append(b"x" * (mebibytes << 20))
    return os.getpid()
