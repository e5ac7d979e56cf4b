"""A backup of a Redis and its restoration, each at one stroke."""

from typing import Any

import redis

_COPY = """
local all = {}
for _, key in ipairs(redis.call('KEYS', '*')) do
  all[#all + 1] = key
  all[#all + 1] = redis.call('DUMP', key)
end
return all
"""
_RESTORE = """
redis.call('FLUSHDB')
for i = 1, #ARGV, 2 do redis.call('RESTORE', ARGV[i], 0, ARGV[i + 1]) end
return #ARGV / 2
"""


class Copy:
    """What a Redis database held at one moment."""

    def __init__(self, url: str) -> None:
        self._url = url
        with self._client() as client:
            self._all: list[bytes] = client.eval(_COPY, 0)

    def restore(self) -> None:
        """Put it back, in place of everything that is there now."""
        with self._client() as client:
            client.eval(_RESTORE, 0, *self._all)

    def _client(self) -> Any:  # redis-py's annotations say `bytes | str` of all that comes back
        return redis.Redis.from_url(self._url)
