"""Keys and roles; and without keys, where a request comes from."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from longshore.settings import Settings
from longshore_api import create_app
from longshore_api.auth.exposure import OpenToTheWorld, refuse_exposure
from longshore_api.auth.guard import role_of
from longshore_api.ledger_link import LedgerLink
from longshore_ledger import Ledger
from longshore_ledger.keys import Role
from tests.services.ports import free_port


@pytest.fixture
def public(redis_url: str, catalogued: Ledger) -> Iterator[FlaskClient]:
    """A client of an API that other machines reach."""
    with create_app(Settings(ledger=redis_url, host="0.0.0.0"), catalogued).test_client() as client:
        yield client


@pytest.fixture
def keys(catalogued: Ledger) -> dict[Role, str]:
    """A key of each role."""
    return {role: catalogued.keys.create(f"a {role}", role) for role in Role}


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.mark.parametrize("headers", [{}, _bearer("lsk_wrong"), {"Authorization": "Basic eDp5"}])
def test_without_a_key_that_is_known_nobody_gets_in(public: FlaskClient, headers: dict[str, str]) -> None:
    # When
    answer = public.get("/v1/tasks", headers=headers)

    # Then
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "needed"),
    [
        ("GET", "/v1/tasks", Role.VIEWER),
        ("GET", "/v1/stats", Role.VIEWER),
        ("GET", "/metrics", Role.VIEWER),
        ("GET", "/status/all", Role.VIEWER),
        ("POST", "/v1/tasks", Role.SUBMITTER),
        ("POST", "/v1/tasks/bulk", Role.SUBMITTER),
        ("POST", "/v1/batches", Role.SUBMITTER),
        ("POST", "/v1/tasks/x/cancel", Role.OPERATOR),
        ("POST", "/v1/tasks/x/retry", Role.OPERATOR),
        ("POST", "/v1/batches/x/cancel", Role.OPERATOR),
        ("POST", "/v1/queues/add/pause", Role.OPERATOR),
        ("POST", "/v1/queues/add/resume", Role.OPERATOR),
    ],
)
def test_each_route_asks_for_its_role(
    public: FlaskClient, keys: dict[Role, str], method: str, path: str, needed: Role
) -> None:
    # When
    refused = {
        role: public.open(path, method=method, headers=_bearer(key)).status_code == 403
        for role, key in keys.items()
    }

    # Then
    assert refused == {role: not role.allows(needed) for role in Role}


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/v1/catalogue", "/docs", "/openapi.json"])
def test_what_is_no_secret_asks_for_no_key(public: FlaskClient, path: str) -> None:
    assert public.get(path).status_code == 200


def test_a_key_comes_in_either_header_until_it_is_revoked(
    public: FlaskClient, keys: dict[Role, str], catalogued: Ledger
) -> None:
    # Given
    key = keys[Role.VIEWER]

    # When / Then
    assert public.get("/v1/tasks", headers=_bearer(key)).status_code == 200
    assert public.get("/v1/tasks", headers={"X-API-Key": key}).status_code == 200

    # When
    catalogued.keys.revoke("a viewer")

    # Then
    assert public.get("/v1/tasks", headers=_bearer(key)).status_code == 401


def test_the_record_names_the_key_that_cancelled(public: FlaskClient, keys: dict[Role, str]) -> None:
    # Given
    operator = _bearer(keys[Role.OPERATOR])
    public.post("/v1/tasks", json={"task": "add", "args": [1, 2], "id": "x"}, headers=operator)

    # When
    task = public.post("/v1/tasks/x/cancel", headers=operator).json

    # Then
    assert task is not None
    assert task["cancel_requested"] == "a operator"


def test_a_ledger_that_is_away_lets_nobody_in() -> None:
    # Given
    settings = Settings(ledger=f"redis://127.0.0.1:{free_port()}/0", host="0.0.0.0")

    # When
    answer = create_app(settings).test_client().get("/v1/tasks", headers=_bearer("lsk_any"))

    # Then
    assert answer.status_code == 503


def test_every_route_has_declared_a_role(client: FlaskClient) -> None:
    for rule in client.application.url_map.iter_rules():
        role_of(client.application.view_functions[rule.endpoint])


def test_an_api_that_strangers_reach_does_not_start_without_a_key(ledger: Ledger) -> None:
    # Given
    settings = Settings(host="0.0.0.0")

    # When
    with pytest.raises(OpenToTheWorld) as caught:
        refuse_exposure(settings, LedgerLink(settings, ledger))

    # Then
    assert "longshore keys create" in caught.value.detail


@pytest.mark.parametrize(("host", "auth"), [("127.0.0.1", "auto"), ("::1", "auto"), ("0.0.0.0", "none")])
def test_an_api_may_start_without_keys_where_it_is_told_or_out_of_reach(
    ledger: Ledger, host: str, auth: str
) -> None:
    settings = Settings(host=host, auth=auth)
    refuse_exposure(settings, LedgerLink(settings, ledger))


ADMIN_KEY = "lsk_of-the-chart-0123456789"


@pytest.fixture
def appointed(redis_url: str) -> Settings:
    """Settings of an API that was given its administrator's key."""
    return Settings(ledger=redis_url, host="0.0.0.0", admin_key=ADMIN_KEY)


def test_the_key_that_an_api_was_given_lets_its_administrator_in(
    appointed: Settings, catalogued: Ledger, keys: dict[Role, str]
) -> None:
    # Given
    client = create_app(appointed, catalogued).test_client()
    task = {"task": "add", "args": [1, 2], "id": "x"}

    # When / Then: in either header, for everything
    assert client.post("/v1/tasks", json=task, headers=_bearer(ADMIN_KEY)).status_code == 202
    answer = client.post("/v1/tasks/x/cancel", headers={"X-API-Key": ADMIN_KEY})
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["cancel_requested"] == "admin"

    # And the ledger's own keys beside it, but nobody else's
    assert client.get("/v1/tasks", headers=_bearer(keys[Role.VIEWER])).status_code == 200
    for wrong in (ADMIN_KEY[:-1], ADMIN_KEY + "x", "lsk_wrong", "clé"):
        assert client.get("/v1/tasks", headers=_bearer(wrong)).status_code == 401


def test_an_api_that_was_given_a_key_may_start_and_keeps_it_to_itself(
    appointed: Settings, ledger: Ledger
) -> None:
    # When
    refuse_exposure(appointed, LedgerLink(appointed, ledger))

    # Then
    assert ledger.keys.list() == []


def test_an_api_with_a_key_may_start(ledger: Ledger) -> None:
    ledger.keys.create("first", Role.ADMIN)
    settings = Settings(host="0.0.0.0")
    refuse_exposure(settings, LedgerLink(settings, ledger))


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:5000", "169.254.1.1", "localhost.evil.example"]
)
def test_on_loopback_a_request_for_a_foreign_name_is_refused(client: FlaskClient, host: str) -> None:
    # When a page's name was rebound to 127.0.0.1
    answer = client.get("/v1/tasks", headers={"Host": host})

    # Then
    assert answer.status_code == 403
    assert answer.json is not None
    assert host in answer.json["detail"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:5000", "[::1]:5000", "longshore.localhost"])
def test_on_loopback_every_name_of_this_machine_will_do(client: FlaskClient, host: str) -> None:
    assert client.get("/v1/tasks", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:3000"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_on_loopback_a_page_of_another_site_changes_nothing(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    # When
    answer = client.post("/v1/tasks", json={"task": "add", "args": [1, 2]}, headers=headers)

    # Then
    assert answer.status_code == 403
    assert answer.json is not None
    assert "another site" in answer.json["title"]
    assert client.get("/status/all").json == {}


def test_on_loopback_our_own_page_and_programs_may(client: FlaskClient) -> None:
    for headers in ({}, {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}):
        answer = client.post("/v1/tasks", json={"task": "add", "args": [1, 2]}, headers=headers)
        assert answer.status_code == 202


def test_probes_ask_under_any_name(client: FlaskClient) -> None:
    assert client.get("/readyz", headers={"Host": "10.1.2.3:5000"}).status_code == 200


@pytest.mark.parametrize("given", [{"auth": "keys"}, {"admin_key": ADMIN_KEY}])
def test_a_key_that_is_set_is_asked_for_on_loopback_too(
    redis_url: str, catalogued: Ledger, given: dict[str, str]
) -> None:
    # Given an API behind a proxy on the same machine
    settings = Settings(ledger=redis_url, **given)  # type: ignore[arg-type]
    client = create_app(settings, catalogued).test_client()

    # When
    answer = client.get("/v1/tasks", headers={"X-Forwarded-For": "203.0.113.7"})

    # Then it asks for a key, and with one takes what the proxy passes on, under any name
    assert answer.status_code == 401
    key = catalogued.keys.create("viewer", Role.VIEWER)
    headers = {"X-Forwarded-For": "203.0.113.7", "Host": "longshore.example", **_bearer(key)}
    assert client.get("/v1/tasks", headers=headers).status_code == 200


def test_keys_on_loopback_without_a_key_do_not_start(ledger: Ledger) -> None:
    settings = Settings(auth="keys")
    with pytest.raises(OpenToTheWorld):
        refuse_exposure(settings, LedgerLink(settings, ledger))


@pytest.mark.parametrize(
    "header",
    ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "x-forwarded-host", "X-Real-IP", "Via"],
)
def test_without_keys_what_a_proxy_passes_on_is_refused_with_the_reason(
    client: FlaskClient, header: str
) -> None:
    # When
    answer = client.get("/v1/tasks", headers={header: "203.0.113.7"})

    # Then
    assert answer.status_code == 403
    assert answer.json is not None
    assert "LONGSHORE_AUTH=keys" in answer.json["detail"]


def test_without_keys_what_looks_like_nginx_is_refused(client: FlaskClient) -> None:
    assert client.get("/v1/tasks", environ_overrides={"SERVER_PROTOCOL": "HTTP/1.0"}).status_code == 403
    assert client.get("/readyz", environ_overrides={"SERVER_PROTOCOL": "HTTP/1.0"}).status_code == 200


def test_who_says_that_no_keys_are_wanted_may_stand_behind_a_proxy(
    redis_url: str, catalogued: Ledger
) -> None:
    client = create_app(Settings(ledger=redis_url, auth="none"), catalogued).test_client()
    assert client.get("/v1/tasks", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 200


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "//", "\\", "http://a:b:c@:99999999"])
def test_an_origin_that_is_no_address_is_another_site(client: FlaskClient, origin: str) -> None:
    answer = client.post("/v1/tasks", json={"task": "add", "args": [1, 2]}, headers={"Origin": origin})
    assert answer.status_code == 403
