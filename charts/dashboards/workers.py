"""Workers: who lives, what each does, what dies."""

from typing import Final

from charts.dashboards.expressions import HERE, latest, own, own_quantile
from charts.dashboards.grafana import Dashboard, Panel

_EACH: Final = "{{instance}}"

WORKERS: Final = Dashboard(
    "workers",
    "workers",
    "Who lives, what each does, what dies. An instance is a pod.",
    [
        Panel(
            "How many workers live?",
            "Those that do not beat any more are kept for ten minutes.",
            "none",
            {
                "live": latest("longshore_workers", only=f'{HERE}, alive="true"'),
                "lost": latest("longshore_workers", only=f'{HERE}, alive="false"'),
            },
        ),
        Panel(
            "How many tasks run?",
            "In the hands of workers, as the ledger has it.",
            "short",
            {"running": latest("longshore_running")},
        ),
        Panel(
            "What does each hold?",
            "Tasks that run in a worker or wait in it for a free process.",
            "short",
            {_EACH: f"max by (instance) (longshore_worker_held{{{HERE}}})"},
        ),
        Panel(
            "How much does each begin?",
            "Tasks started, a second. One far below the others is stuck, or has the long tasks.",
            "cps",
            {_EACH: own("longshore_worker_started_total", "instance")},
        ),
        Panel(
            "How do tasks end?",
            "As the workers saw it.",
            "cps",
            {"{{outcome}}": own("longshore_worker_ended_total", "outcome")},
            stacked=True,
        ),
        Panel(
            "Do processes die?",
            "Processes that died while they ran a task: a crash, or out of memory.",
            "cps",
            {_EACH: own("longshore_worker_crashes_total", "instance")},
        ),
        Panel(
            "What is given back?",
            "Started tasks given back to the ledger: a drain, a pause, a lost process.",
            "cps",
            {_EACH: own("longshore_worker_released_total", "instance")},
        ),
        Panel(
            "How many lines of files get done?",
            "Lines of files processed, and those of them that failed.",
            "cps",
            {"lines": own("longshore_worker_lines_total"), "failed": own("longshore_worker_bad_lines_total")},
        ),
        Panel(
            "How long does the ledger take to answer a worker?",
            "Time of a group commit of starts and results.",
            "s",
            {f"{of:.0%}": own_quantile(of, "longshore_worker_flush_seconds") for of in (0.5, 0.95, 0.99)},
        ),
    ],
    by_queue=False,
)
