"""Who may do what: keys and roles; without keys, on loopback, where a request comes from."""
