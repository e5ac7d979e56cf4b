"""A RabbitMQ of the tests' own: 3.10 from Debian, 4.3 from Docker, set up alike."""

import os
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx

from tests.services.container import Container
from tests.services.epmd import Epmd
from tests.services.management import Management
from tests.services.ports import free_port
from tests.services.program import Program
from tests.services.runner import Runner, Server
from tests.services.sources import Source, binary

IMAGE = "rabbitmq:4.3-management"
PLUGINS = "[rabbitmq_management].\n"


@dataclass
class RabbitServer(Server):
    """A server that is managed over HTTP as well."""

    management: Management


def rabbitmq_server(source: Source, directory: Path, *settings: str) -> RabbitServer:
    """Return a RabbitMQ that is not started yet; `settings` are lines of its configuration that come last."""
    port, http, distribution, epmd = (free_port() for _ in range(4))
    name = f"longshore-{uuid4().hex[:8]}"
    configuration = "\n".join(
        [
            f"listeners.tcp.1 = 127.0.0.1:{port}",
            f"management.tcp.port = {http}",
            "management.tcp.ip = 127.0.0.1",
            "disk_free_limit.absolute = 50MB",
            "vm_memory_high_watermark.absolute = 1GB",
            "log.console = true",
            "log.console.level = info",
            "log.file = false",
            *settings,
            "",
        ]
    )
    env = {
        "RABBITMQ_NODENAME": f"{name}@localhost",
        "RABBITMQ_DIST_PORT": str(distribution),
        "ERL_EPMD_PORT": str(epmd),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        # An idle scheduler sleeps at once instead of spinning for work: other tests want the processor.
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +sbwtdcpu none +sbwtdio none",
    }
    runner: Runner
    if source is Source.DOCKER:
        # A container that listens on its own loopback cannot be reached through a published port.
        if os.uname().sysname != "Linux":
            configuration = configuration.replace("127.0.0.1", "0.0.0.0")
        files = {"/etc/rabbitmq/conf.d/90-test.conf": configuration, "/etc/rabbitmq/enabled_plugins": PLUGINS}
        runner = Container(IMAGE, env=env, files=files, ports=[port, http])
    else:
        runner = _program(directory, name, configuration, env)
    management = Management(f"http://127.0.0.1:{http}")
    url = f"amqp://guest:guest@127.0.0.1:{port}//"
    return RabbitServer("rabbitmq", url, runner, lambda: _answers(management), management)


def _program(directory: Path, name: str, configuration: str, env: dict[str, str]) -> Runner:
    data = directory / name
    data.mkdir()
    (data / "rabbitmq.conf").write_text(configuration)
    (data / "enabled_plugins").write_text(PLUGINS)
    (data / "empty").touch()
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("RABBITMQ_")}
    own = {
        "HOME": str(data),  # the Erlang cookie goes there
        "RABBITMQ_CONFIG_FILE": str(data / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(data / "enabled_plugins"),
        "RABBITMQ_CONF_ENV_FILE": str(data / "empty"),
        "RABBITMQ_MNESIA_BASE": str(data / "mnesia"),
        "RABBITMQ_LOG_BASE": str(data / "log"),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_GENERATED_CONFIG_DIR": str(data / "generated"),
        "RABBITMQ_PID_FILE": str(data / "pid"),
    }
    server = binary("rabbitmq-server")
    assert server
    log = directory / f"{name}.log"
    return Epmd(Program([server], log, {**inherited, **env, **own}, data), int(env["ERL_EPMD_PORT"]))


def _answers(management: Management) -> bool:
    try:
        return management.running()
    except httpx.HTTPError as error:
        raise ConnectionError(error) from error
