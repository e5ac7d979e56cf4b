"""`@task`: a function becomes one that can be submitted by name. It stays a function, too."""

import functools
from collections.abc import Callable
from typing import Any, Final, Generic, ParamSpec, TypeVar, overload

from pydantic import ValidationError

from longshore.catalogue import TaskSpec, check_args
from longshore.errors import InvalidArguments, InvalidTask
from longshore.names import is_name
from longshore.task.signature import Signature, read_signature

P = ParamSpec("P")
R = TypeVar("R")


class Task(Generic[P, R]):
    """A registered function. Calling it calls the function; `call` is what a worker does."""

    def __init__(self, function: Callable[P, R], spec: TaskSpec, signature: Signature) -> None:
        functools.update_wrapper(self, function)
        self.name = spec.name
        self.function = function
        self.spec = spec
        self._signature = signature

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:  # noqa: D102  # The class says it.
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<Task {self.name}>"

    def bind(self, args: list[Any] | dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Turn a submission's arguments into those of `call`: a list goes by order, an object by name."""
        return (tuple(args), {}) if isinstance(args, list) else ((), args)

    def call(self, *args: Any, **kwargs: Any) -> R:
        """Validate by the type hints, then call: a JSON object becomes the pydantic model that was asked for.

        Raises InvalidArguments, and whatever the function raises.
        """
        try:
            bound, named = self._signature.validate(args, kwargs)
        except ValidationError as error:
            raise self._refusal(args, kwargs, error) from error
        return self.function(*bound, **named)

    def _refusal(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], error: ValidationError
    ) -> InvalidArguments:
        try:  # In the words that the API would have used; it knows no validators written in Python, though.
            check_args(self.spec, dict(zip(self.spec.parameters, args, strict=False)) | kwargs)
        except InvalidArguments as refusal:
            return refusal
        first = error.errors(include_url=False, include_context=False)[0]
        return InvalidArguments(task=self.name, field="args", reason=first["msg"])


registry: Final[dict[str, Task[..., Any]]] = {}
"""Every task of this process, by name."""


@overload
def task(function: Callable[P, R], /) -> Task[P, R]: ...
@overload
def task(
    name: str | None = None,
    *,
    queue: str | None = None,
    timeout: float | None = None,
    retries: int = 0,
    backoff: float = 2.0,
) -> Callable[[Callable[P, R]], Task[P, R]]: ...
def task(
    name: Callable[P, R] | str | None = None,
    *,
    queue: str | None = None,
    timeout: float | None = None,
    retries: int = 0,
    backoff: float = 2.0,
) -> Any:
    """Register a function as a task, with or without parentheses.

    name: by default the function's. queue: by default the task's name, so that one task can be given to one
    set of workers. timeout: the longest run of one attempt, s. retries: how often a failed attempt is tried
    again. backoff: the wait before the first retry, s, doubled for each further one. A submission may
    override queue, timeout and retries. The docstring's first line is the summary on the page.

    Raises InvalidTask for a function that cannot be called with JSON.
    """
    if name is not None and not isinstance(name, str):
        return task()(name)
    given: str | None = name

    def register(function: Callable[P, R]) -> Task[P, R]:
        called = given if given is not None else str(getattr(function, "__name__", function))
        _check_options(called, queue, timeout, retries, backoff)
        signature = read_signature(called, function)
        spec = TaskSpec(
            name=called,
            queue=queue or called,
            summary=(function.__doc__ or "").strip().partition("\n")[0],
            schema=signature.schema,
            parameters=signature.parameters,
            timeout=timeout,
            retries=retries,
            backoff=backoff,
        )
        known = registry.get(called)
        if known and _home(known.function) != _home(function):
            raise InvalidTask(
                name=called, reason=f"{_home(known.function)} has that name, too; name one of them"
            )
        registry[called] = made = Task(function, spec, signature)
        return made

    return register


def _check_options(name: str, queue: str | None, timeout: float | None, retries: int, backoff: float) -> None:
    for what, value in (("name", name), ("queue", queue or name)):
        if not is_name(value):
            raise InvalidTask(name=name, reason=f"a {what} is 1 to 100 of A-Z a-z 0-9 . _ -, not {value!r}")
    if timeout is not None and not timeout > 0:
        raise InvalidTask(name=name, reason=f"timeout is a number of seconds above 0, not {timeout!r}")
    if retries < 0:
        raise InvalidTask(name=name, reason=f"retries is 0 or more, not {retries!r}")
    if not backoff >= 0:
        raise InvalidTask(name=name, reason=f"backoff is a number of seconds, 0 or more, not {backoff!r}")


def _home(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"
