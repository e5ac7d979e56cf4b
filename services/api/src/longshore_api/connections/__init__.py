"""Connections of clients: how long each may take, and which goes when there are too many."""
