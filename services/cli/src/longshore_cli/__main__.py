"""`python -m longshore_cli` is `longshore`."""

from longshore_cli.main import main

main()
