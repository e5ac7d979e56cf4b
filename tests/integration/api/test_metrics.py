"""Metrics over HTTP."""

from flask.testing import FlaskClient


def test_requests_and_submissions_are_counted(client: FlaskClient) -> None:
    # Given
    for _ in range(2):
        client.post("/v1/tasks", json={"task": "add", "args": [1, 2], "id": "once"}).close()
    for id in ("once", "twice"):
        client.get(f"/v1/tasks/{id}").close()  # Counted when its last byte has left.

    # When
    text = client.get("/metrics").text

    # Then: a label a route, never an id
    name = "longshore_http_request_seconds_count"
    assert f'{name}{{method="POST",route="/v1/tasks",status="202"}} 1.0' in text
    assert f'{name}{{method="GET",route="/v1/tasks/<id>",status="404"}} 1.0' in text
    assert 'longshore_http_submissions_total{outcome="new"} 1.0' in text
    assert 'longshore_http_submissions_total{outcome="repeated"} 1.0' in text
    assert "once" not in text
