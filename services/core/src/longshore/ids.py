"""The ids that are made for tasks and batches which come without one."""

import uuid_utils


def new_id() -> str:
    """A UUIDv7: ids made later sort later."""
    return str(uuid_utils.uuid7())
