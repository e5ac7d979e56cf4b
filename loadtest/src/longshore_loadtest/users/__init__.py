"""Who loads: each kind of user is a file. All arrive on schedule, whether or not they were answered."""
