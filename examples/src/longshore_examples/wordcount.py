"""Text in, an object out. A task of one text takes a whole line of an uploaded file, spaces and all.

Its queue has a name of its own, so that workers can be given all the tasks about text at once.
"""

import re
from collections import Counter

from longshore import task


@task(queue="text")
def wordcount(text: str) -> dict[str, int]:
    """Count each word of a text, the most frequent first."""
    return dict(Counter(re.findall(r"\w+", text.lower())).most_common())
