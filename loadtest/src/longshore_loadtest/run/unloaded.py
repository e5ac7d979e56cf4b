"""Faults without a load of our own: what `faults run` does."""

from collections import Counter
from pathlib import Path

from longshore_loadtest.faults.active_faults import ActiveFaults, still_broken
from longshore_loadtest.faults.monkey import Monkey
from longshore_loadtest.faults.plan import Plan
from longshore_loadtest.faults.signals import ending_orderly
from longshore_loadtest.history.record import Phase
from longshore_loadtest.run.errors import CannotRun
from longshore_loadtest.run.plan import Breaking
from longshore_loadtest.run.progress import Progress
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.target import Target


def rehearse(target: Target, plan: Plan, breaking: Breaking, folder: Path) -> None:
    """Print what would happen, and to whom as it is now."""

    def tell(name: str, place: str, _phase: Phase, detail: str) -> None:
        print(f"{name}/{place}: {detail}")

    names, age = breaking.select, breaking.minimum_age
    Monkey(
        target, plan, ActiveFaults(folder / "active_faults"), tell, names=names, minimum_age=age, dry_run=True
    ).run()
    print(f"faults: {plan.said()}")


def break_it(target: Target, plan: Plan, breaking: Breaking, folder: Path, *, length: float) -> None:
    """Follow the plan for `length` s, and print how it goes; `folder` has on record what is broken.

    Raises CannotRun when something is, before or afterwards, and when nothing was broken. Ctrl-C ends it
    before its time, and is no error.
    """
    _refuse_if_broken(folder)
    progress, phases = Progress(), Counter[Phase]()
    progress.say(f"faults: {plan.said()}")

    def tell(name: str, place: str, phase: Phase, detail: str) -> None:
        phases[phase] += 1
        progress.say(f"{name}/{place} {phase}: {detail}")

    names, age, active_faults = breaking.select, breaking.minimum_age, ActiveFaults(folder / "active_faults")
    monkey = Monkey(target, plan, active_faults, tell, names=names, minimum_age=age, length=length)
    interrupted, unhealed = False, None
    try:
        with ending_orderly():
            monkey.run()
    except KeyboardInterrupt:
        interrupted = True
    except Impossible as reason:
        unhealed = reason
        progress.say(str(reason))
    done = phases["begun"] - phases["failed"]
    rest = f"{phases['failed']} failed, {phases['skipped']} skipped of {len(plan.steps)} planned"
    progress.say(f"faults: {done} begun, {rest}")
    if missed := monkey.missed():
        progress.say(f"faults: {missed}")
    _refuse_if_broken(folder)
    if unhealed:
        raise unhealed
    if not done and not interrupted:
        raise CannotRun("nothing was broken")


def _refuse_if_broken(folder: Path) -> None:
    if broken := still_broken(folder):
        raise CannotRun(broken)
