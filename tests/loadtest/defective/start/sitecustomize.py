"""Python imports this before anything else of a part whose PYTHONPATH has this folder: it breaks the part."""

import os

from tests.loadtest.defective.defects import DEFECTS

for name in os.environ["DEFECTS"].split(","):
    DEFECTS[name]()
