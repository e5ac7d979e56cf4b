"""The catalogue over HTTP."""

from flask.testing import FlaskClient


def test_the_catalogue_says_what_each_task_takes(client: FlaskClient) -> None:
    # When
    page = client.get("/v1/catalogue").json

    # Then
    assert page is not None
    assert [spec["name"] for spec in page["items"]] == ["add", "divide", "wordcount"]
    add = page["items"][0]
    assert (add["queue"], add["parameters"], add["summary"]) == ("add", ["a", "b"], "Add two numbers.")
    assert add["schema"]["required"] == ["a", "b"]
