"""What an administrator of the ledger's server can do to everybody: it lives, and answers with errors."""

import ctypes
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import quote

import msgspec
import redis
from msgspec.structs import replace

from longshore_loadtest.targets.disruptions.disruption import Disruption
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.processes import Process

_PATIENCE: Final = 5.0
_THRESHOLD: Final = "busy-reply-threshold"
_SOON: Final = 100
"""Milliseconds of a script after which the server answers BUSY; 5 s by default, longer than a fault lasts."""
_SCRIPT: Final = "for _ = 1, 3e9 do end"
"""Ends by itself after a minute or so, should nobody stop it. (In a script the time stands still.)"""
_MOMENT: Final = 0.1
"""Seconds in which a script that was stopped has usually ended."""
_NOBODY: Final = ("127.0.0.1", "1")
"""A primary that nothing can be copied from: what is in memory stays."""


_OF_CHART: Final = "root/run/longshore/auth.conf"
"""Below the server's folder in /proc, a line of its configuration in a pod of the chart: the password."""
_PASSWORD: Final = re.compile(r'^requirepass "([^"]+)"$', flags=re.MULTILINE)
_OF_UP: Final = "cwd/running.json"
"""What `longshore up` writes beside the ledger's data."""


class _AtLedger(Disruption, frozen=True):
    """Done over a connection of our own. A server that was started again is as it always was."""

    def lacks(self, main: Process) -> str | None:
        """Whoever does it has to find the administrator's password."""
        try:
            _address(main)
        except Impossible as reason:
            return str(reason)
        return None

    def begin(self, main: Process) -> None:
        """Break it."""
        with _administrator(main) as server:
            self.spoil(server)

    def end(self, main: Process) -> None:
        """Undo it."""
        if main.alive():
            with _administrator(main) as server:
                self.undo(server)

    def spoil(self, server: Any) -> None:
        """Break it. `server` is a redis.Redis."""
        raise NotImplementedError

    def undo(self, server: Any) -> None:
        """Undo it, as often as asked, done or not."""
        raise NotImplementedError


class Busy(_AtLedger, frozen=True, tag="ledger-busy"):
    """A script that runs and runs: nothing else is done, and after a while everybody is told BUSY."""

    former: str = ""
    """When it said so before, ms."""

    def prepared(self, main: Process) -> Self:
        """Ask for it."""
        with _administrator(main) as server:
            return replace(self, former=str(server.config_get(_THRESHOLD)[_THRESHOLD]))

    def spoil(self, server: Any) -> None:
        """Send the script, and wait for no answer."""
        server.config_set(_THRESHOLD, _SOON)
        connection = server.connection_pool.get_connection()
        connection.send_command("EVAL", _SCRIPT, 0)
        connection.disconnect()

    def undo(self, server: Any) -> None:
        """Stop it, as an operator does, and wait until it has ended."""
        until = time.monotonic() + _PATIENCE
        while True:
            with suppress(redis.ResponseError):  # NOTBUSY
                server.script_kill()
            try:
                if self.former:
                    server.config_set(_THRESHOLD, self.former)
            except redis.ResponseError:  # BUSY
                if time.monotonic() > until:
                    raise
                time.sleep(_MOMENT)
            else:
                return


class Forbid(_AtLedger, frozen=True, tag="ledger-noperm"):
    """EVALSHA is taken from every user that has it: NOPERM."""

    former: tuple[str, ...] = ()
    """The users that may run scripts."""

    def prepared(self, main: Process) -> Self:
        """Ask who may."""
        probe = ("EVALSHA", "0" * 40, "0")
        with _administrator(main) as server:
            users = server.acl_users()
            may = [user for user in users if server.execute_command("ACL", "DRYRUN", user, *probe) == "OK"]
        return replace(self, former=tuple(may))

    def spoil(self, server: Any) -> None:
        """Forbid it."""
        for user in self.former:
            server.execute_command("ACL", "SETUSER", user, "-evalsha")

    def undo(self, server: Any) -> None:
        """Allow it again."""
        for user in self.former:
            server.execute_command("ACL", "SETUSER", user, "+evalsha")


class ReadOnly(_AtLedger, frozen=True, tag="ledger-readonly"):
    """`REPLICAOF` somebody who is not there, later `NO ONE`. Connections stay open."""

    def prepared(self, main: Process) -> Self:
        """It has to be a primary now."""
        with _administrator(main) as server:
            if server.role()[0] != "master":
                raise Impossible("the ledger is a replica of another server")
        return self

    def spoil(self, server: Any) -> None:
        """Make it a replica."""
        server.execute_command("REPLICAOF", *_NOBODY)

    def undo(self, server: Any) -> None:
        """Make it a primary again."""
        server.execute_command("REPLICAOF", "NO", "ONE")


class _Note(msgspec.Struct):
    """Of running.json, as much as is needed."""

    ledger: str


def _address(main: Process) -> str:
    """URL of the server, for its administrator. Raises Impossible."""
    proc = Path(f"/proc/{main.pid}")
    with suppress(OSError):
        # Not from its environment, which Redis writes its title over.
        found = _PASSWORD.search((proc / _OF_CHART).read_text("utf-8"))
        if found:
            return f"redis://:{quote(found[1], safe='')}@127.0.0.1:6379/0"
    try:
        return msgspec.json.decode((proc / _OF_UP).read_bytes(), type=_Note).ledger
    except (OSError, msgspec.MsgspecError) as error:
        raise Impossible("the password of the ledger's administrator cannot be found") from error


@contextmanager
def _administrator(main: Process) -> Iterator[Any]:
    """A connection to the server as its administrator. Raises Impossible."""
    _enter_network(main)
    server = redis.Redis.from_url(
        _address(main), socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE, decode_responses=True
    )
    try:
        yield server
    except redis.RedisError as error:
        raise Impossible(f"the ledger: {error}") from error
    finally:
        server.close()


def _enter_network(main: Process) -> None:
    """Be where the server is, and stay there: an agent has no other business. Raises Impossible."""
    theirs = Path(f"/proc/{main.pid}/ns/net")
    try:
        if theirs.readlink() == Path("/proc/self/ns/net").readlink():
            return
        descriptor = os.open(theirs, os.O_RDONLY)
    except OSError as error:
        raise Impossible(f"the ledger's network cannot be entered: {error.strerror}") from error
    try:
        # As os.setns does, which came with Python 3.12.
        if ctypes.CDLL(None, use_errno=True).setns(descriptor, 0):
            raise Impossible(f"the ledger's network cannot be entered: {os.strerror(ctypes.get_errno())}")
    finally:
        os.close(descriptor)
