"""`python -m docs.site`: write the pages from which Zensical builds the site (`zensical.toml`)."""

import shutil
from pathlib import Path

from docs.site.pages import gather

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "build" / "site-pages"
shutil.rmtree(PAGES, ignore_errors=True)
gather(ROOT, PAGES)
