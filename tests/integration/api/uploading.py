"""Uploads with Flask's test client, whose own way to encode a large form leaves a temporary file open."""

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def upload(client: FlaskClient, text: bytes, name: str = "numbers.txt", **fields: str) -> TestResponse:
    """Post a file, by default to the task add."""
    parts = [
        f'--B\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in {"task": "add", **fields}.items()
    ]
    head = f'--B\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    body = b"".join([*parts, head, text, b"\r\n--B--\r\n"])
    return client.post("/v1/batches", data=body, content_type="multipart/form-data; boundary=B")
