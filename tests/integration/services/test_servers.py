"""The servers that tests run on can be broken and restored."""

import amqp
import pytest
import redis
from amqp.exceptions import AMQPError

from tests.services.rabbitmq_server import RabbitServer
from tests.services.runner import Server
from tests.services.waiting import eventually


def _address(server: Server) -> str:
    return server.url.removeprefix("amqp://guest:guest@").removesuffix("//")


def test_a_redis_keeps_what_it_acknowledged_when_it_is_killed(own_redis: Server) -> None:
    # Given
    with redis.Redis.from_url(own_redis.url) as client:
        client.set("answer", "42")

    # When
    own_redis.kill()
    own_redis.start()

    # Then
    with redis.Redis.from_url(own_redis.url) as client:
        assert client.get("answer") == b"42"


def test_a_frozen_redis_answers_nothing_until_it_is_thawed(own_redis: Server) -> None:
    # Given
    own_redis.freeze()

    # When
    with redis.Redis.from_url(own_redis.url, socket_timeout=0.2) as client, pytest.raises(redis.RedisError):
        client.ping()
    own_redis.thaw()

    # Then
    with redis.Redis.from_url(own_redis.url, socket_timeout=5) as client:
        assert client.ping()


def test_a_rabbitmq_keeps_durable_queues_when_it_is_killed(own_rabbitmq: RabbitServer) -> None:
    # Given
    with amqp.Connection(_address(own_rabbitmq)) as connection:
        connection.channel().queue_declare("kept", durable=True, auto_delete=False)

    # When
    own_rabbitmq.kill()
    with pytest.raises((OSError, AMQPError)), amqp.Connection(_address(own_rabbitmq), connect_timeout=1):
        pass
    own_rabbitmq.start()

    # Then
    assert own_rabbitmq.management.queues() == ["kept"]


def test_a_rabbitmq_goes_down_in_order_and_comes_back(own_rabbitmq: RabbitServer) -> None:
    # Given
    own_rabbitmq.stop()

    # When
    own_rabbitmq.start()

    # Then
    assert eventually(own_rabbitmq.management.running)


def test_an_embedded_valkey_keeps_what_it_acknowledged_when_it_is_killed(embedded: Server) -> None:
    # Given
    with redis.Redis.from_url(embedded.url) as client:
        client.set("answer", "42")

    # When
    embedded.kill()
    embedded.start()

    # Then
    with redis.Redis.from_url(embedded.url) as client:
        assert client.get("answer") == b"42"


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_has_a_broker_of_its_own(broker_url: str, turn: int) -> None:
    # Given
    address, _, vhost = broker_url.removeprefix("amqp://guest:guest@").partition("/")
    with amqp.Connection(address, virtual_host=vhost) as connection:
        # When
        declared = connection.channel().queue_declare("mine", durable=True, auto_delete=False)
        connection.channel().basic_publish(amqp.Message("left behind"), routing_key="mine")

    # Then
    assert declared is not None
    assert declared[1] == 0  # messages
