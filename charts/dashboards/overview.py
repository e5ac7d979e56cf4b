"""Overview: is it there, does work flow, does it fail."""

from typing import Final

from charts.dashboards.expressions import HERE, counted, failing, latest, own, own_quantile, quantile
from charts.dashboards.grafana import GOOD_IF_ONE, Dashboard, Panel

ASKED: Final = f'{HERE}, route!~"/(healthz|livez|readyz|metrics)"'
"""Requests that people make."""
SHARES: Final = (0.5, 0.95, 0.99)

_STATS: Final = [
    Panel(
        "Is the ledger there?",
        "Whether a scheduler reaches it. Without it nothing is accepted and nothing begins.",
        "bool_yes_no",
        {"ledger": latest("longshore_ledger_up")},
        kind="stat",
        steps=GOOD_IF_ONE,
    ),
    Panel(
        "Is the broker there?",
        "Whether a scheduler reaches it. Without it submissions are accepted and wait.",
        "bool_yes_no",
        {"broker": latest("longshore_broker_up")},
        kind="stat",
        steps=GOOD_IF_ONE,
    ),
    Panel(
        "How many workers live?",
        "Workers that beat. None is right where pools scale to zero and nothing waits.",
        "none",
        {"workers": latest("longshore_workers", only=f'{HERE}, alive="true"')},
        kind="stat",
    ),
    Panel(
        "How many tasks wait?",
        "PENDING, RETRY and QUEUED, those for later and of paused queues too.",
        "short",
        {"waiting": f"sum ({latest('longshore_queue_backlog', 'queue')})"},
        kind="stat",
    ),
    Panel(
        "How many tasks run?",
        "Tasks in the hands of workers.",
        "short",
        {"running": latest("longshore_running")},
        kind="stat",
    ),
    Panel(
        "How old is what waits?",
        "Age of the oldest task at the front of a queue, of those that are not published yet.",
        "s",
        {"age": latest("longshore_queue_backlog_age_seconds")},
        kind="stat",
        steps=((None, "green"), (60, "yellow"), (600, "red")),
    ),
]

OVERVIEW: Final = Dashboard(
    "overview",
    "overview",
    "Is it there, does work flow, does it fail.",
    [
        *_STATS,
        Panel(
            "Does work come faster than it gets done?",
            "Where `submitted` stays above the others, the backlog grows: more workers, or less work.",
            "cps",
            {name: counted(name, only=HERE) for name in ("submitted", "succeeded", "failed", "revoked")},
        ),
        Panel(
            "What share of tasks fails?",
            "Failures for the last time among tasks that ended, by queue.",
            "percentunit",
            {"{{queue}}": failing("queue", only=HERE)},
        ),
        Panel(
            "How long do tasks wait?",
            "From the time a task could first start to its first start. Buckets double.",
            "s",
            {f"{of:.0%}": quantile(of, "wait", only=HERE) for of in SHARES},
        ),
        Panel(
            "How long do tasks run?",
            "Run time of finished attempts. Buckets double.",
            "s",
            {f"{of:.0%}": quantile(of, "run", only=HERE) for of in SHARES},
        ),
        Panel(
            "How long does the API take to answer?",
            "Without probes. Requests that wait for a result are as long as their wait.",
            "s",
            {f"{of:.0%}": own_quantile(of, "longshore_http_request_seconds", only=ASKED) for of in SHARES},
        ),
        Panel(
            "What does the API answer?",
            "Requests by status, without probes. 503 is a ledger that is away or full.",
            "reqps",
            {"{{status}}": own("longshore_http_request_seconds_count", "status", only=ASKED)},
            stacked=True,
        ),
        Panel(
            "What becomes of submissions?",
            "`repeated` ones were on record already, `rejected` ones were wrong.",
            "cps",
            {"{{outcome}}": own("longshore_http_submissions_total", "outcome")},
        ),
        Panel(
            "How many lines of files come in?",
            "Lines of uploaded files, as the API recorded them.",
            "cps",
            {"lines": own("longshore_http_uploaded_lines_total")},
        ),
    ],
    by_queue=False,
)
