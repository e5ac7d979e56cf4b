"""`python -m longshore_loadtest`."""

from longshore_loadtest.cli import main

main()
