"""One command a file, named like the command. Each has an `app`, imported when the command is run."""
