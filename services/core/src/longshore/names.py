"""What tasks, queues and ids may be called. Safe in URLs, keys, broker queues, labels and file names."""

import re
from typing import Final

NAME: Final = r"[A-Za-z0-9._-]{1,100}"
"""Of a queue or a task."""

TASK_ID: Final = r"[A-Za-z0-9._:-]{1,128}"
"""Of a task."""

BATCH_ID: Final = r"[A-Za-z0-9._:-]{1,100}"
"""Of a batch. Shorter: its chunks are the tasks `<batch>.<n>`."""

is_name: Final = re.compile(NAME).fullmatch
is_task_id: Final = re.compile(TASK_ID).fullmatch
is_batch_id: Final = re.compile(BATCH_ID).fullmatch
