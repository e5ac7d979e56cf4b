"""The faults of a run, each from its beginning until it was healed."""

from collections.abc import Iterable

from msgspec.structs import replace

from longshore_loadtest.history.reader import Entry
from longshore_loadtest.history.record import Fault
from longshore_loadtest.report.figures import Spell
from longshore_loadtest.verify.recovery import Recovery


def spells(entries: Iterable[Entry[Fault]], recoveries: Iterable[Recovery]) -> list[Spell]:
    """One for each fault that was tried or skipped, in that order; numbered from 1."""
    recovered = {recovery.where: recovery for recovery in recoveries}
    return [_with(spell, recovered.get(spell.where)) for spell in _spells(entries)]


def over(spell: Spell, end: float) -> float:
    """When nothing of it was left, as far as that is known."""
    known = (at for at in (spell.healed, spell.given_up, spell.ended) if at is not None)
    return next(known, end)


def _spells(entries: Iterable[Entry[Fault]]) -> list[Spell]:
    found: list[Spell] = []
    going: dict[tuple[str, str], int] = {}
    for entry in entries:
        line = entry.line
        key = line.name, line.target
        if line.phase in {"begun", "skipped"}:
            if line.phase == "begun":
                going[key] = len(found)
            found.append(_begun(entry, len(found) + 1))
        elif (place := going.get(key)) is not None:
            found[place] = _further(found[place], entry)
    return found


def _further(spell: Spell, entry: Entry[Fault]) -> Spell:
    line = entry.line
    if line.phase == "failed":
        return replace(spell, failed=True, detail=_both(spell.detail, line.detail))
    if line.phase == "given-up":
        return replace(spell, given_up=entry.at, detail=_both(spell.detail, line.detail))
    return replace(spell, **{line.phase: entry.at}, detail=spell.detail or line.detail)


def _both(before: str, later: str) -> str:
    return "; ".join(said for said in (before, later) if said)


def _begun(entry: Entry[Fault], number: int) -> Spell:
    line = entry.line
    return Spell(
        number=number,
        name=line.name,
        target=line.target,
        begun=entry.at,
        skipped=line.phase == "skipped",
        detail=line.detail,
        where=entry.where,
    )


def _with(spell: Spell, recovery: Recovery | None) -> Spell:
    if recovery is None:
        return spell
    return replace(
        spell,
        pause=recovery.longest_pause,
        flowed=recovery.first_success_after,
        drained=recovery.drained_after,
        kept=recovery.rate_kept,
    )
