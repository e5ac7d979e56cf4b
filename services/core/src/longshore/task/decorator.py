"""`@task`: a function becomes one that can be submitted by name. It stays a function, too."""

import functools
from collections.abc import Callable
from typing import Any, Final, Generic, ParamSpec, TypeGuard, TypeVar, overload

from pydantic import ValidationError

from longshore.catalogue import LONGEST, MOST_RETRIES, TaskSpec, check_args, write_spec
from longshore.errors import InvalidArguments, InvalidTask, UnreadableSpec
from longshore.names import is_kept_queue, is_name, why_not_name
from longshore.task.signature import Signature, read_signature

P = ParamSpec("P")
R = TypeVar("R")


class Task(Generic[P, R]):
    """A registered function, which `@task` makes. Calling it calls the function, without validation.

    Attributes:
        name: The name that it is submitted by.
        function: The function itself.
        spec: Its definition, as workers publish it to the catalogue.
    """

    def __init__(self, function: Callable[P, R], spec: TaskSpec, signature: Signature) -> None:
        functools.update_wrapper(self, function)
        self.name = spec.name
        self.function = function
        self.spec = spec
        self._signature = signature

    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> R:  # noqa: D102  # The class says it.
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<Task {self.name}>"

    def bind(self, args: list[Any] | dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Turn the arguments of a submission into those of `call`.

        Args:
            args: A list of them in order, or an object by parameter name.

        Returns:
            Positional arguments and keyword arguments, of which one is empty.
        """
        return (tuple(args), {}) if isinstance(args, list) else ((), args)

    def call(self, /, *args: Any, **kwargs: Any) -> R:
        """Validate by the type hints, then call, as a worker does.

        Args:
            *args: Arguments in order, as JSON has them: an object becomes the model that the hint names.
            **kwargs: Arguments by parameter name.

        Returns:
            What the function returns.

        Raises:
            InvalidArguments: An argument does not fit; the message names it. Other errors are the function's.
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

preferred: Final[set[str]] = set()
"""Names that are taken for good: another task of such a name is set aside, not refused."""


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

    The type hints become the JSON Schema that every submission is validated against. The first line of the
    docstring is the summary on the page. A submission may override `queue`, `timeout` and `retries`.

    Args:
        name: The name that the task is submitted by. Default: the function's name.
        queue: The queue that it waits in. Default: the task's name, so a task can have workers of its own.
        timeout: The longest run of one attempt, seconds. Default: no limit.
        retries: How often a failed attempt is tried again, 0 to 1,000.
        backoff: The wait before the first retry, seconds; it doubles with each further one.

    Returns:
        The task, which can be called like the function.

    Raises:
        InvalidTask: An option is wrong, or the function cannot be called with JSON. The message names it.

    Example:
        ```python
        from longshore import task


        @task(queue="mail", timeout=30, retries=3)
        def send(to: str, subject: str = "") -> None:
            print(f"to {to}: {subject}")
        ```
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
            queue=called if queue is None else queue,
            summary=(function.__doc__ or "").strip().partition("\n")[0],
            schema=signature.schema,
            parameters=signature.parameters,
            timeout=timeout,
            retries=retries,
            backoff=backoff,
        )
        try:
            write_spec(spec)
        except UnreadableSpec as error:
            raise InvalidTask(name=called, reason=error.fields["reason"]) from error
        known = registry.get(called)
        if called in preferred and known and _home(known.function) != _home(function):
            return Task(function, spec, signature)
        if known and _home(known.function) != _home(function):
            raise InvalidTask(
                name=called, reason=f"{_home(known.function)} has that name, too; name one of them"
            )
        registry[called] = made = Task(function, spec, signature)
        return made

    return register


def _check_options(name: str, queue: object, timeout: object, retries: object, backoff: object) -> None:
    """The annotations are a promise that nobody keeps for us: `retries=True` is what somebody will write."""

    def refuse(what: str, wanted: str, got: object) -> InvalidTask:
        return InvalidTask(name=name, reason=f"{what} is {wanted}, not {got!r}")

    for what, value in (("name", name), ("queue", name if queue is None else queue)):
        if not (isinstance(value, str) and is_name(value)):
            raise refuse(what, "1 to 100 of A-Z a-z 0-9 . _ -", value)
        if why := why_not_name(value):
            raise InvalidTask(name=name, reason=f"{what}: {why}; choose another")
    if is_kept_queue(str(name if queue is None else queue)):
        raise refuse("queue", "none of amq.* (RabbitMQ's) and longshore.* (our own)", queue or name)
    if timeout is not None and not (_is_seconds(timeout) and timeout > 0):
        raise refuse("timeout", f"a number of seconds above 0, {LONGEST:.0f} at most", timeout)
    if type(retries) is not int or not 0 <= retries <= MOST_RETRIES:
        raise refuse("retries", f"a whole number from 0 to {MOST_RETRIES}", retries)
    if not _is_seconds(backoff):
        raise refuse("backoff", f"a number of seconds from 0 to {LONGEST:.0f}", backoff)


def _is_seconds(value: object) -> TypeGuard[float]:
    """Whether it is an int or a float (no bool, no Decimal, no NaN) from 0 to ten years."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LONGEST


def _home(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"
