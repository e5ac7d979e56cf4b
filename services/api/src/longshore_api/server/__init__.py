"""The process: gunicorn with one gevent worker. docs/decisions says why.

Importing this package makes the standard library cooperative, so it comes before all else: sockets that
exist by then, and classes derived from them, stay as they were and would block every request at once.
"""

from gevent import monkey

monkey.patch_all()

from longshore_api.server.run import serve  # noqa: E402 - see above

__all__ = ["serve"]
