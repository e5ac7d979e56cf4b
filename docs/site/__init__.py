"""The documents and the reference of the Python API as one site, built by `make docs-site`."""
