"""The broker finds that it has no memory left, and blocks whoever publishes."""

from random import Random

from longshore_loadtest.faults.fault import Disrupting
from longshore_loadtest.targets.disruptions.alarm import Alarm
from longshore_loadtest.targets.target import Target


class BrokerAlarm(Disrupting):
    """A memory alarm: publishers' connections are not read any more, consumers go on."""

    name = "broker-alarm"
    summary = "RabbitMQ's memory alarm: publishers block"
    places = ("rabbitmq",)

    def disruption(self, target: Target, place: str, chance: Random) -> Alarm:
        """Raise it."""
        del target, place, chance
        return Alarm()
