"""The page's scripts and styles."""

import gzip

import pytest
from flask.testing import FlaskClient

from longshore_api.web.assets import asset

KINDS = {
    "longshore.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "licences.txt": "text/plain; charset=utf-8",
}


@pytest.mark.parametrize("name", KINDS)
def test_browsers_keep_a_file_for_ever_under_a_name_that_changes_with_it(
    client: FlaskClient, name: str
) -> None:
    # When
    answer = client.get(asset(name))

    # Then
    stem, _, ending = name.partition(".")
    assert asset(name).startswith(f"/assets/{stem}-")
    assert asset(name).endswith(f".{ending}")
    assert answer.status_code == 200
    assert answer.content_type == KINDS[name]
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_is_zipped_for_those_who_take_that(client: FlaskClient) -> None:
    # When
    plain = client.get(asset("page.js"))
    refused = client.get(asset("page.js"), headers={"Accept-Encoding": "gzip;q=0"})
    zipped = client.get(asset("page.js"), headers={"Accept-Encoding": "br, gzip, deflate"})

    # Then
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert zipped.headers["Vary"] == "Accept-Encoding"
    assert len(zipped.data) < len(plain.data) / 2
    assert gzip.decompress(zipped.data) == plain.data == refused.data


@pytest.mark.parametrize("name", ["manifest.json", "page.js", "..%2Fassets.py", "page-00000000.js"])
def test_nothing_else_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/assets/{name}").status_code == 404


def test_the_licences_of_what_is_inside_are_beside_it(client: FlaskClient) -> None:
    # When
    text = client.get(asset("licences.txt")).text

    # Then
    assert "htmx.org 4." in text
    assert "Permission" in text
