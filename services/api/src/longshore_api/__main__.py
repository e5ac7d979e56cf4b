"""`python -m longshore_api`: serve, as the environment says."""

from longshore_api.server import serve  # Before all else: it patches the standard library.

if __name__ == "__main__":
    from longshore.settings import load_settings

    serve(load_settings())
