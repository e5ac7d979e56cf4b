"""`python -m longshore_scheduler`."""

from longshore_scheduler.process import main

if __name__ == "__main__":
    main()
