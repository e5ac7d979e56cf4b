"""Makes the report of a history and its verdict."""

from longshore_loadtest.history.reader import History
from longshore_loadtest.report.figures import Report
from longshore_loadtest.report.grid import Grid
from longshore_loadtest.report.judged import judgement, totals
from longshore_loadtest.report.kinds import kinds
from longshore_loadtest.report.knee import knee
from longshore_loadtest.report.measures import measures
from longshore_loadtest.report.memory import memory
from longshore_loadtest.report.moments import moments
from longshore_loadtest.report.spells import spells
from longshore_loadtest.report.steps import edges
from longshore_loadtest.report.timeline import charts, lanes
from longshore_loadtest.verify import Verdict
from longshore_loadtest.verify.seen import sort


def summarise(history: History, verdict: Verdict) -> Report:
    """All that is told of a run, as figures; `page`, `markdown` and JSON say the same."""
    seen = sort(history)
    found = moments(seen)
    grid = Grid.over(found.end)
    faults = spells(seen.faults, verdict.recoveries)
    header = history.header
    return Report(
        run=header.run,
        seed=header.seed,
        command=header.command,
        started_at=header.started_at,
        seconds=grid.end,
        environment=header.environment,
        settings=header.settings,
        verdict=judgement(verdict, history, faults, grid.end),
        totals=totals(verdict),
        edges=grid.edges,
        charts=charts(found, grid),
        lanes=lanes(found, grid),
        faults=faults,
        kinds=kinds(faults),
        executions=verdict.executions,
        memory=memory(found),
        knee=knee(found, edges(header.settings, found), header.environment.get("cores")),
        measures=measures(found, faults, verdict.executions),
    )
