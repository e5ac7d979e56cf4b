"""A small TCP proxy that passes bytes on late, or not at all: not every kernel has netem."""
