"""Every setting of the load tests, and the only place here that reads the environment.

A setting NAME is read from LONGSHORE_LOADTEST_NAME; where the installation is and which key it wants are
`longshore.settings`' LONGSHORE_URL and LONGSHORE_KEY. Command lines win over both.
"""

import sys
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

_PREFIX = "LONGSHORE_LOADTEST_"

ShapeName = Literal["ramp", "steady", "spike", "soak", "staircase"]


class Settings(BaseSettings):
    """What can be set, with units. Defaults suit one machine."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, extra="ignore")

    marks: str | None = Field(None, description="URL of the store of marks; without it there are no tasks.")
    run: str = Field("manual", pattern=r"^[A-Za-z0-9_]+$", description="Name of the run; every id begins so.")
    folder: Path = Field(Path("build/loadtest/manual"), description="Where the parts of the history go.")
    seed: int = Field(1, ge=0, description="What arrivals, arguments and faults are drawn from.")

    url: str = Field("http://127.0.0.1:5000", description="The API that is loaded.")
    key: Annotated[str, StringConstraints(strip_whitespace=True)] | None = Field(
        None,
        description="The key sent to it. A line feed at its end, as files have, does not count.",
        repr=False,
    )

    shape: ShapeName = Field("steady", description="How the load goes over time.")
    users: int = Field(20, ge=1, description="Users at the most; each submits `rate` tasks a second.")
    seconds: float = Field(60.0, gt=0, description="How long new work is submitted, s.")
    rate: float = Field(1.0, gt=0, description="Arrivals a second of one submitter, on average.")
    arrivals: Literal["poisson", "even"] = Field("poisson", description="How they are spread.")
    outstanding: int = Field(
        64, ge=1, description="Requests one user has in flight at the most; later ones wait, counted."
    )
    patience: float = Field(60.0, gt=0, description="Seconds that an answer, and a result, may take.")
    followed: float = Field(0.2, ge=0, le=1, description="Share of tasks whose result is waited for.")


@cache
def load_settings() -> Settings:
    """Read the environment. Exits with status 2 and the variable's name when a value is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        for problem in error.errors():
            name = _PREFIX + str(problem["loc"][0]).upper()
            sys.stderr.write(f"{name}: {problem['msg']}\n")
        raise SystemExit(2) from None


def environment(settings: Settings) -> dict[str, str]:
    """The variables that make `load_settings` of a child give these settings."""
    given = settings.model_dump(mode="json", exclude_none=True)
    return {_PREFIX + name.upper(): str(value) for name, value in given.items()}
