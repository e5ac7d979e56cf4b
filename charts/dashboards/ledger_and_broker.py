"""Ledger and broker: are they there, are they full, do they lose anything."""

from typing import Final

from charts.dashboards.expressions import HERE, counted, latest, own
from charts.dashboards.grafana import Dashboard, Panel

_EACH: Final = "{{instance}}"


def _sum(**metrics: str) -> dict[str, str]:
    return {legend: f"sum (rabbitmq_{metric}{{{HERE}}})" for legend, metric in metrics.items()}


_LEDGER: Final = [
    Panel(
        "Are ledger and broker there?",
        "Whether a scheduler reaches them.",
        "bool_yes_no",
        {"ledger": latest("longshore_ledger_up"), "broker": latest("longshore_broker_up")},
    ),
    Panel(
        "Is the ledger full?",
        "Memory it uses and its `maxmemory`. Submissions are refused from 85 % on.",
        "bytes",
        {
            "used": latest("longshore_ledger_memory_bytes"),
            "limit": latest("longshore_ledger_memory_limit_bytes"),
        },
    ),
    Panel(
        "How many tasks does the ledger keep?",
        "By state; ended ones until retention takes them.",
        "short",
        {"{{state}}": f"sum by (state) ({latest('longshore_tasks', 'queue', 'state')})"},
        stacked=True,
    ),
    Panel(
        "What is lost on the way?",
        "`republished`: the broker lost copies. `dropped`: copies that came too late. "
        "`fenced`: results of workers that were no longer the holder.",
        "cps",
        {name: counted(name, only=HERE) for name in ("republished", "dropped", "fenced")},
    ),
    Panel(
        "Do copies come that nobody knows?",
        "More than 0: the ledger was restored from an older copy, and these tasks are not in it.",
        "none",
        {"parked": latest("longshore_parked")},
    ),
    Panel(
        "How much memory do schedulers take?",
        "Resident memory of each.",
        "bytes",
        {_EACH: f"max by (instance) (process_resident_memory_bytes{{{HERE}}}) and on (instance) "
         f"longshore_ledger_up{{{HERE}}}"},
    ),
]  # fmt: skip

_BROKER: Final = [
    Panel(
        "How much is published?",
        "Copies that schedulers sent, that the broker confirmed, and that it refused.",
        "cps",
        {name: own(f"longshore_relay_{name}_total") for name in ("published", "confirmed", "refused")},
    ),
    Panel(
        "How long does the broker owe an answer?",
        "Age of the oldest copies that it has not confirmed, by scheduler.",
        "s",
        {_EACH: latest("longshore_relay_lag_seconds", "instance")},
    ),
    Panel(
        "How many answers does it owe?",
        "Copies sent and not confirmed, by scheduler.",
        "short",
        {_EACH: latest("longshore_relay_unsettled", "instance")},
    ),
    Panel(
        "Does the broker block those who publish?",
        "1 while an alarm of its memory or disk does.",
        "bool_yes_no",
        {"blocked": latest("longshore_broker_blocked")},
    ),
]

_RABBITMQ: Final = [
    Panel(
        "How much memory does RabbitMQ use?",
        "Of all nodes. At the limit it blocks those who publish.",
        "bytes",
        _sum(used="process_resident_memory_bytes", limit="resident_memory_limit_bytes"),
    ),
    Panel(
        "How much disk does RabbitMQ have?",
        "Of all nodes. Below the limit it blocks those who publish.",
        "bytes",
        _sum(free="disk_space_available_bytes", limit="disk_space_available_limit_bytes"),
    ),
    Panel(
        "What does RabbitMQ hold?",
        "Messages of all queues: ready, and delivered but not acknowledged.",
        "short",
        _sum(ready="queue_messages_ready", unacknowledged="queue_messages_unacked"),
        stacked=True,
    ),
    Panel(
        "Who is connected to RabbitMQ?",
        "A worker has a connection or two, a scheduler two.",
        "none",
        _sum(connections="connections", channels="channels", consumers="consumers"),
    ),
]

LEDGER_AND_BROKER: Final = Dashboard(
    "ledger-and-broker",
    "ledger and broker",
    "Are they there, are they full, do they lose anything. RabbitMQ's figures need its Prometheus plugin.",
    [*_LEDGER, *_BROKER, *_RABBITMQ],
    by_queue=False,
)
