"""The documentation: complete, valid, and from here alone."""

import re

from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator


def test_the_document_is_valid_openapi_3_1(client: FlaskClient) -> None:
    # When
    document = client.get("/openapi.json").json

    # Then
    assert document is not None
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_the_document_describes_every_route_with_its_role(client: FlaskClient) -> None:
    # Given
    served = {
        (re.sub(r"<(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in client.application.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.endpoint.startswith(("pages.", "assets.", "docs."))
    }

    # When
    document = client.get("/openapi.json").json

    # Then
    assert document is not None
    described = {(path, method) for path, item in document["paths"].items() for method in item}
    assert described == served
    submit = document["paths"]["/v1/tasks"]["post"]
    assert submit["security"][0] == {"bearer": ["submitter"]}
    assert set(submit["responses"]) == {"200", "202", "default"}
    assert document["paths"]["/v1/catalogue"]["get"]["security"] == [{}]


def test_the_page_and_all_it_loads_come_from_here(client: FlaskClient) -> None:
    # When
    page = client.get("/docs")

    # Then
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(loaded) == 4
    for address in loaded:
        assert address.startswith(("/docs/", "data:"))
        if address.startswith("/"):
            asset = client.get(address)
            assert asset.status_code == 200
            assert asset.headers["X-Content-Type-Options"] == "nosniff"
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "http" not in policy
    assert "<script>" not in page.text


def test_the_page_serves_no_other_file(client: FlaskClient) -> None:
    assert client.get("/docs/app.py").status_code == 404
