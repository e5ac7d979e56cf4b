"""`python -m longshore_scheduler`."""

from longshore_scheduler.main import main

if __name__ == "__main__":
    main()
