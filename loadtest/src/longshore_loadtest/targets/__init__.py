"""What can be broken: the parts of an installation, here as processes, there as pods."""
