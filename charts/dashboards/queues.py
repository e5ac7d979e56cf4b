"""Queues: what waits, what ends how, who serves."""

from typing import Final

from charts.dashboards.expressions import QUEUE, counted, latest, quantile
from charts.dashboards.grafana import Dashboard, Panel


def _of(name: str) -> dict[str, str]:
    return {"{{queue}}": latest(f"longshore_queue_{name}", "queue", only=QUEUE)}


QUEUES: Final = Dashboard(
    "queues",
    "queues",
    "What waits, what ends how, who serves.",
    [
        Panel(
            "How many tasks wait?",
            "PENDING, RETRY and QUEUED, those for later too.",
            "short",
            _of("backlog"),
        ),
        Panel(
            "How many tasks are due, or run?",
            "What autoscaling goes by: due tasks of queues that are not paused, and those that run.",
            "short",
            _of("demand"),
        ),
        Panel(
            "How old is the task at the front?",
            "Of those that are not published yet; 0 while all that is due is published.",
            "s",
            _of("backlog_age_seconds"),
        ),
        Panel(
            "In which states are the tasks?",
            "All that the ledger keeps, ended ones until retention takes them.",
            "short",
            {"{{state}}": f"sum by (state) ({latest('longshore_tasks', 'queue', 'state', only=QUEUE)})"},
            stacked=True,
        ),
        Panel("How many workers serve it?", "Live workers that name the queue.", "none", _of("workers")),
        Panel("Is it paused?", "1 while nothing of the queue begins.", "bool_yes_no", _of("paused")),
        Panel(
            "How much gets done?",
            "Tasks that succeeded, a second.",
            "cps",
            {"{{queue}}": counted("succeeded", "queue")},
        ),
        Panel(
            "What fails?",
            "Tasks that failed for the last time.",
            "cps",
            {"{{queue}} {{task}}": counted("failed", "queue", "task")},
        ),
        Panel(
            "What is done again?",
            "`retried` failed and has attempts left, `released` was given back (pause, drain, lost worker), "
            "`by hand` somebody asked for.",
            "cps",
            {
                "retried": counted("retried"),
                "released": counted("released"),
                "by hand": counted("retried_by_hand"),
            },
        ),
        Panel(
            "What is cancelled?",
            "Tasks that became REVOKED.",
            "cps",
            {"{{queue}}": counted("revoked", "queue")},
        ),
        Panel(
            "How long do tasks wait?",
            "What 95 % of them stay below, from the time they could start to their first start.",
            "s",
            {"{{queue}}": quantile(0.95, "wait", "queue")},
        ),
        Panel(
            "How long do tasks run?",
            "What 95 % of finished attempts stay below.",
            "s",
            {"{{queue}}": quantile(0.95, "run", "queue")},
        ),
        Panel(
            "How many copies are out?",
            "Published and not taken up; no more than LONGSHORE_WINDOW a queue.",
            "short",
            _of("outstanding"),
        ),
        Panel(
            "What does the broker hold?",
            "Messages ready in the broker, at the scheduler's last look.",
            "short",
            _of("broker_ready"),
        ),
    ],
)
