"""Every setting of every service, and the only place that reads the environment.

The setting NAME is read from LONGSHORE_NAME. An invalid value stops the process with a message that names
the variable.
"""

import os
import sys
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from longshore.errors import WrongSetting

Seconds = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
"""At most about thirty years, so that microseconds stay exact in a float."""

WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]


def _data_home() -> Path:
    home = os.environ.get("XDG_DATA_HOME")
    return Path(os.path.expanduser(home or "~/.local/share")) / "longshore"  # noqa: PTH111


class Settings(BaseSettings):
    """All settings, with their units. The defaults suit a single machine."""

    model_config = SettingsConfigDict(env_prefix="LONGSHORE_", frozen=True, extra="ignore")

    ledger: str = Field("redis://127.0.0.1:6379/0", description="URL of the ledger (Redis >= 7 or Valkey).")
    broker: str = Field(
        "amqp://guest:guest@127.0.0.1:5672//",
        description="URL of the broker: amqp(s):// for RabbitMQ, redis:// for the embedded one.",
    )
    tasks: Annotated[list[str], NoDecode] = Field(
        default_factory=list,
        description="Modules or .py files with tasks, separated by commas, besides installed entry points.",
    )

    host: str = Field("127.0.0.1", description="Address that the API and the metrics ports listen on.")
    port: int = Field(5000, ge=0, le=65535, description="Port that the API listens on.")
    auth: Literal["auto", "keys", "none"] = Field(
        "auto",
        description="Whether requests need a key: `auto` requires one unless the API listens on loopback "
        "only and has no administrator's key; `none` leaves the API open to whoever can reach it.",
    )
    url: str = Field("http://127.0.0.1:5000", description="URL of the API, for the client and the CLI.")
    key: str | None = Field(None, description="API key that the client and the CLI send.", repr=False)
    admin_key: Annotated[str, StringConstraints(strip_whitespace=True, min_length=20)] | None = Field(
        None,
        description="Administrator's key that the API accepts in addition to those in the ledger.",
        repr=False,
    )
    data: Path = Field(
        default_factory=_data_home, description="Folder where `longshore up` keeps the embedded ledger."
    )
    metrics_port: int = Field(
        0, ge=0, le=65535, description="Port of a service's /metrics, /livez and /readyz; 0 turns it off."
    )

    flower_url: WebAddress | None = Field(None, description="URL of Flower, for a link on the page.")
    rabbitmq_ui_url: WebAddress | None = Field(
        None, description="URL of RabbitMQ's management page, for a link on the page."
    )
    grafana_url: WebAddress | None = Field(None, description="URL of Grafana, for a link on the page.")

    window: int = Field(
        1000, ge=1, le=100_000, description="Tasks of each queue that may be in the broker at once."
    )
    lease_seconds: Seconds = Field(
        30.0, gt=0, description="Seconds until tasks claimed by a relay that died are claimed by another."
    )
    queue_type: Literal["auto", "quorum", "classic"] = Field(
        "auto", description="Type of the RabbitMQ queues; `auto` decides by the server's version."
    )

    heartbeat_seconds: Seconds = Field(1.0, gt=0, description="Seconds between two heartbeats of a worker.")
    heartbeat_timeout_seconds: Seconds = Field(
        3.0, gt=0, description="Seconds without a heartbeat before a worker counts as dead."
    )
    ownership_timeout_seconds: Seconds = Field(
        2.0,
        gt=0,
        description="Seconds a worker has to confirm that it runs a task, before it is started elsewhere.",
    )
    restart_grace_seconds: Seconds = Field(
        5.0,
        ge=0,
        description="Seconds after an interruption of the ledger in which no worker counts as dead.",
    )
    max_crashes: int = Field(
        5, ge=1, description="Crashes of its worker or process after which a task fails."
    )
    max_tasks_per_child: int = Field(
        0,
        ge=0,
        description="Tasks or lines after which a pool process is replaced; 0 is never.",
    )
    max_memory_per_child: int = Field(
        0, ge=0, description="Memory after which a pool process is replaced, MiB; 0 is never."
    )
    drain_seconds: Seconds = Field(
        30.0, description="Seconds a stopping worker gives its running tasks to finish."
    )

    deletion_cost: bool = Field(
        False,
        description="Whether the scheduler marks idle worker pods, so that Kubernetes removes these first.",
    )

    args_limit: int = Field(262_144, ge=1, le=1_048_576, description="Largest arguments of a task, bytes.")
    result_limit: int = Field(1_048_576, ge=1, le=8_388_608, description="Largest result of a task, bytes.")
    queues: int = Field(
        500, ge=1, description="Number of queues beyond which a submission creates no new one."
    )
    bulk_limit: int = Field(67_108_864, ge=1, description="Largest bulk submission, bytes.")
    upload_limit: int = Field(
        4_294_967_296, ge=1, description="Largest upload (file and form fields), bytes."
    )
    key_connections: int = Field(
        500,
        ge=0,
        description="Concurrent requests of a key in one API process, with event streams; 0 is unlimited.",
    )
    key_requests: float = Field(
        1_000.0,
        ge=0,
        allow_inf_nan=False,
        description="Requests per second of a key in one API process; 0 is unlimited.",
    )
    key_bytes: int = Field(
        67_108_864,
        ge=0,
        description="Bytes per second that a key may send to one API process; 0 is unlimited.",
    )
    key_tasks: int = Field(
        1_000_000,
        ge=0,
        description="Unfinished tasks and chunks of files that a key may have; 0 is unlimited.",
    )
    retention_seconds: Seconds = Field(7 * 86_400.0, gt=0, description="Seconds a finished task is kept.")
    retention_count: int = Field(
        1_000_000, ge=0, description="Maximum number of finished tasks and chunks of files that are kept."
    )
    upload_lease_seconds: Seconds = Field(
        60.0, gt=0, description="Seconds without data after which an upload is given up."
    )
    ledger_replicas: int = Field(
        0, ge=0, description="Replicas that must have a submission or a result before it is acknowledged."
    )
    ledger_memory: int = Field(
        1024,
        ge=32,
        description="Memory of the ledger of `longshore up`, MiB. The default holds a million small tasks.",
    )
    log_format: Literal["auto", "json", "console"] = Field(
        "auto", description="Format of the log; `auto` is JSON unless it goes to a terminal."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Lowest level of the records that API, scheduler and worker log."
    )

    @model_validator(mode="after")
    def _agree(self) -> Self:
        """Refuse times with which living workers would count as dead, or dead ones never."""
        beat = self.heartbeat_seconds
        for name, least, why in (
            ("heartbeat_timeout", 2.0, "is checked twice a second, and must cover several checks"),
            (
                "heartbeat_timeout",
                2 * beat,
                "must be longer than two heartbeats, or living workers count as dead",
            ),
            (
                "ownership_timeout",
                beat,
                "must be longer than a heartbeat: a worker is asked with its next one",
            ),
            (
                "restart_grace",
                beat,
                "must be longer than a heartbeat, or workers count as dead before they report",
            ),
        ):
            value = getattr(self, f"{name}_seconds")
            if value < least:
                raise ValueError(
                    f"LONGSHORE_{name.upper()}_SECONDS (now {value:g}) {why}. "
                    f"With LONGSHORE_HEARTBEAT_SECONDS at {beat:g}, set it to {least:g} or more."
                )
        return self

    @field_validator("ledger")
    @classmethod
    def _ledger_address(cls, value: str) -> str:
        return _check_address(value, "redis rediss unix")

    @field_validator("broker")
    @classmethod
    def _broker_address(cls, value: str) -> str:
        for url in value.split(";"):  # RabbitMQ's nodes
            _check_address(url, "amqp amqps redis rediss")
        return value

    @field_validator("url")
    @classmethod
    def _api_address(cls, value: str) -> str:
        return _check_address(value, "http https")

    @field_validator("data")
    @classmethod
    def _expand(cls, value: Path) -> Path:
        expanded = Path(os.path.expanduser(value))  # noqa: PTH111 - Path's own raises where there is no home
        whose = expanded.parts[:1]
        if whose == ("~",):
            return expanded  # only who keeps data there needs to be told
        if whose and whose[0].startswith("~"):
            raise ValueError(f"there is no home directory for {whose[0]}")
        return expanded.absolute()

    @field_validator("tasks", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value


def load_settings(**overrides: object) -> Settings:
    """Read the environment, for a process: what is wrong goes to stderr, and the process exits with status 2.

    Args:
        **overrides: Settings of a command line, by name. Where not None, they win over the environment.
    """
    try:
        return read_settings(**overrides)
    except WrongSetting as error:
        sys.stderr.write(error.detail + "\n")
        raise SystemExit(2) from None


def read_settings(**overrides: object) -> Settings:
    """Read the environment.

    Args:
        **overrides: Settings of a command line, by name. Where not None, they win over the environment.

    Raises:
        WrongSetting: Some are wrong. The message has a line for each, with the variable's name.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        raise WrongSetting(problems="\n".join(map(_told, error.errors()))) from None


def _told(problem: ErrorDetails) -> str:
    if not problem["loc"]:  # of several settings together
        return problem["msg"].removeprefix("Value error, ")
    field = str(problem["loc"][0])
    is_secret = not Settings.model_fields[field].repr or field in {"ledger", "broker"}
    got = "" if is_secret else f" (got {problem['input']!r})"
    return f"LONGSHORE_{field.upper()}: {problem['msg'].removeprefix('Value error, ')}{got}"


def _check_address(url: str, schemes: str) -> str:
    """Raise ValueError, without the URL: it may hold a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"this is no address: {error}") from None
    if parts.scheme not in schemes.split() or not (parts.hostname or parts.scheme == "unix") or port == 0:
        looks = " or ".join(f"{scheme}://…" for scheme in schemes.split())
        raise ValueError(f"an address looks like {looks}, with a host and, if need be, a port")
    return url
