"""Every setting of every part, and the only place that reads the environment.

A setting NAME is read from LONGSHORE_NAME. A wrong value stops the process with that variable's name.
"""

import os
import sys
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]


def _data_home() -> Path:
    home = os.environ.get("XDG_DATA_HOME")
    return (Path(home) if home else Path.home() / ".local" / "share") / "longshore"


class Settings(BaseSettings):
    """What can be set, with units. Defaults suit one machine."""

    model_config = SettingsConfigDict(env_prefix="LONGSHORE_", frozen=True, extra="ignore")

    ledger: str = Field("redis://127.0.0.1:6379/0", description="URL of the ledger (Redis >= 7 or Valkey).")
    broker: str = Field(
        "amqp://guest:guest@127.0.0.1:5672//",
        description="URL of the broker: amqp(s):// for RabbitMQ, redis:// for the embedded one.",
    )
    tasks: Annotated[list[str], NoDecode] = Field(
        default_factory=list,
        description="Modules or .py files with tasks, separated by commas; besides installed entry points.",
    )

    host: str = Field("127.0.0.1", description="Address the API and every part's metrics port listen on.")
    port: int = Field(5000, ge=0, le=65535, description="Port the API listens on.")
    auth: Literal["keys", "none"] = Field(
        "keys", description="`none` lets an API without keys listen beyond loopback."
    )
    url: str = Field("http://127.0.0.1:5000", description="Where the client and the CLI find the API.")
    key: str | None = Field(None, description="The API key that the client and the CLI send.", repr=False)
    admin_key: Annotated[str, StringConstraints(strip_whitespace=True, min_length=20)] | None = Field(
        None,
        description="An administrator's key that the API accepts beside those in the ledger.",
        repr=False,
    )
    data: Path = Field(
        default_factory=_data_home, description="Where `longshore up` keeps the embedded ledger."
    )
    metrics_port: int = Field(
        0, ge=0, le=65535, description="Port of a part's /metrics, /livez and /readyz; 0 is none."
    )

    flower_url: WebAddress | None = Field(
        None, description="Where the page's link to Flower leads; none without."
    )
    rabbitmq_ui_url: WebAddress | None = Field(
        None, description="Where the page's link to RabbitMQ's own leads; none without."
    )
    grafana_url: WebAddress | None = Field(
        None, description="Where the page's link to Grafana leads; none without."
    )

    window: int = Field(1000, ge=1, le=100_000, description="Copies outstanding in the broker, a queue.")
    lease_seconds: float = Field(30.0, gt=0, description="How long a relay's claim lasts, s.")
    queue_type: Literal["auto", "quorum", "classic"] = Field(
        "auto", description="Kind of RabbitMQ queue; `auto` asks the server's version."
    )

    heartbeat_seconds: float = Field(1.0, gt=0, description="Between two beats of a worker, s.")
    lapse_seconds: float = Field(3.0, gt=0, description="A worker silent for this long has lapsed, s.")
    doubt_seconds: float = Field(2.0, gt=0, description="How long a holder has to vouch for a task, s.")
    grace_seconds: float = Field(
        5.0, ge=0, description="After a gap in the ledger's time nobody is judged for this long, s."
    )
    death_cap: int = Field(5, ge=1, description="A task that killed its worker this often fails.")
    drain_seconds: float = Field(30.0, ge=0, description="How long a stopping worker lets its tasks end, s.")

    deletion_cost: bool = Field(
        False, description="The scheduler tells Kubernetes which workers' pods are idle and may go first."
    )

    args_limit: int = Field(262_144, ge=1, le=1_048_576, description="Largest arguments of a task, bytes.")
    result_limit: int = Field(1_048_576, ge=1, le=8_388_608, description="Largest result of a task, bytes.")
    retention_seconds: float = Field(
        7 * 86_400.0, gt=0, description="How long a finished task is kept after it ended, s."
    )
    retention_count: int = Field(1_000_000, ge=0, description="How many finished tasks are kept at the most.")
    upload_lease_seconds: float = Field(
        60.0, gt=0, description="An upload that sends nothing for this long is given up, s."
    )
    ledger_replicas: int = Field(
        0, ge=0, description="Replicas that must have a submission or a result before it is acknowledged."
    )
    log_format: Literal["auto", "json", "console"] = Field(
        "auto", description="`auto` is JSON outside a terminal."
    )

    @field_validator("tasks", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value


def load_settings(**overrides: object) -> Settings:
    """Read the environment; `overrides` (from a command line) win where they are not None.

    Exits with status 2 and the variable's name when a value is wrong.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        for problem in error.errors():
            name = "LONGSHORE_" + str(problem["loc"][0]).upper()
            is_secret = not Settings.model_fields[str(problem["loc"][0])].repr
            got = "" if is_secret else f" (got {problem['input']!r})"
            sys.stderr.write(f"{name}: {problem['msg']}{got}\n")
        raise SystemExit(2) from None
