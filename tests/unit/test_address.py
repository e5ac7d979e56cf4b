"""An address is shown without what opens the door behind it."""

import pytest

from longshore.address import without_password


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
        ("redis://:secret@host/0", "redis://:***@host/0"),
        ("rediss://user:s%40cret@host:6380/0", "rediss://user:***@host:6380/0"),
        ("redis://user:sec:ret@x@host/0", "redis://user:***@host/0"),
        ("redis://host/0?password=secret", "redis://host/0?password=***"),
        (
            "redis://host/0?db=1&ssl_password=secret&timeout=3",
            "redis://host/0?db=1&ssl_password=***&timeout=3",
        ),
        ("redis://host/0?PassWord=secret;token=secret", "redis://host/0?PassWord=***;token=***"),
        ("unix:///run/redis.sock?password=secret", "unix:///run/redis.sock?password=***"),
    ],
)
def test_a_password_is_hidden_wherever_it_stands(url: str, shown: str) -> None:
    assert without_password(url) == shown
