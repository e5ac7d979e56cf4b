"""What strangers send: odd values for every place of a request that is read as text."""

from typing import Final

TEXTS: Final = (
    "%00",
    "%0d%0aX-Odd:1",
    "..%2f..%2fetc",
    "%D9%A3",
    "%F0%9F%98%80",
    "%ED%A0%80",
    "%FF",
    "x" * 2000,
    "-1",
    "1e400",
    "NaN",
    "[",
    "'\"<x>",
)
"""For a path or a query, percent-encoded: control characters, foreign digits, half surrogates, no UTF-8."""

PLACES: Final = (
    "%D9%A3",
    "999999999999999999999",
    "1-%D9%A3",
    "-1",
    "1.5",
    "99999999999999999999-1",
    "+1",
    "%201",
)
"""For a cursor."""

TIMES: Final = (
    "9999-12-31T23:59:59.999999-23:59",
    "0001-01-01T00:00:00+23:59",
    "0001-01-01",
    "2026-02-30T00:00:00Z",
    "1e400",
    "99999999999999999999",
    "-99999999999999",
    "NaN",
    "infinity",
    "%D9%A22026-01-01T00:00:00Z",
)

QUERIES: Final[dict[str, tuple[str, ...]]] = {
    "cursor": PLACES,
    "anchor": PLACES,
    "since": TIMES,
    "until": TIMES,
    "limit": ("0", "-1", "1e9", "99999999999999999999", "%D9%A3", "1" * 5000, "true", "1.0"),
    "wait": ("-1", "NaN", "inf", "1e400", "61", "%D9%A3"),
    "partial": ("2", "maybe", "%D9%A3"),
    "chunks": ("2", "maybe"),
    "within": ("1y",),
    "like": ("x0", "x1", *TEXTS),
    "task": TEXTS,
    "next": ("//evil.example", "http://[", "/\\evil.example", "%00"),
    "id": TEXTS,
    "state": ("started", "%00"),
}

HEADERS: Final[tuple[tuple[str, str | bytes], ...]] = (
    ("Origin", "http://["),
    ("Origin", "http://[::1"),
    ("Origin", b"\xff\xfe"),
    ("Host", "["),
    ("Host", "[::1"),
    ("Host", "a b"),
    ("Host", "127.0.0.1:99999999"),
    ("Host", ""),
    ("Host", b"\xff"),
    ("Authorization", "Bearer"),
    ("Authorization", b"Bearer \xff\xfe"),
    ("Authorization", "Basic !!!"),
    ("Authorization", 'Digest a="'),
    ("X-API-Key", b"cl\xe9"),
    ("X-API-Key", ""),
    ("X-CSRF-Token", b"\xe9\xff"),
    ("Cookie", "longshore_session="),
    ("Cookie", "longshore_session=%00; =; ;;; a"),
    ("Cookie", b"longshore_session=\xff\xfe"),
    ("Cookie", "longshore_session=" + "x" * 4000),
    ("Accept", "text/html;q=x"),
    ("Accept", "*/*;q=1e400, a/b;q=-1, ;;;,"),
    ("Accept", b"\xff/\xff"),
    ("Accept-Encoding", "gzip;q=NaN"),
    ("Accept-Language", "de;q=ü".encode()),
    ("Last-Event-ID", b"\xd9\xa3-1"),
    ("Last-Event-ID", "99999999999999999999-99999999999999999999"),
    ("Last-Event-ID", "18446744073709551616-0"),
    ("Last-Event-ID", "-"),
    ("Range", "bytes=9999999999999999999999-"),
    ("Range", "bytes=x-"),
    ("Range", "lines=1-2,3-"),
    ("If-Range", "Mon, 99 Foo 9999"),
    ("If-None-Match", '"' * 9),
    ("If-None-Match", b"\xff"),
    ("If-Modified-Since", "Mon, 31 Dec 99999 23:59:60 GMT"),
    ("If-Match", "*,*"),
    ("Date", "never"),
    ("Content-Type", "multipart/form-data"),
    ("Content-Type", "multipart/form-data; boundary="),
    ("Content-Type", "multipart/form-data; boundary=\xe9".encode()),
    ("Content-Type", "multipart/form-data; boundary*=UTF-8''%FF"),
    ("Content-Type", "multipart/form-data; boundary=" + "B" * 5000),
    ("Content-Type", "application/json; charset=utf-99"),
    ("Content-Type", "application/x-www-form-urlencoded; charset=idna"),
    ("Content-Type", b"\xff\xff"),
    ("Content-Type", ";"),
    ("Transfer-Encoding", "gzip"),
    ("Transfer-Encoding", "chunked, chunked"),
    ("Expect", "200-ok"),
    ("Sec-Fetch-Site", b"\xff"),
    ("HX-Request", "true"),
    ("X-Forwarded-For", "٣".encode()),
    ("X-Forwarded-Proto", b"\xff"),
    ("Upgrade", "h2c"),
    ("Connection", "Upgrade, HTTP2-Settings"),
)

CHUNKS: Final = (
    b"zz\r\n",
    b"-1\r\n",
    b"1;\r\nx",
    b"5\r\nab",
    b"3\r\nabcd\r\n0\r\n\r\n",
    b"ffffffffffffffffffff\r\nx",
    b"0\r\nX: y\r\nbad trailer\r\n\r\n",
    "٣\r\nabc\r\n0\r\n\r\n".encode(),
)
"""Bodies that say that they come in chunks."""

_TASK: Final = (
    b'--B\r\nContent-Disposition: form-data; name="task"\r\n\r\nadd\r\n'
    b'--B\r\nContent-Disposition: form-data; name="file"'
)

BODIES: Final = (
    b"",
    b"\xff\xfe\x00",
    b"\xef\xbb\xbf{}",
    b"null",
    b"[]",
    b"{",
    b"NaN",
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"task":"add","args":' + b"[" * 900 + b"]" * 900 + b"}",
    b'{"task":"anything","args":[' + b"[" * 900 + b"]" * 900 + b"]}",
    b'{"task":"anything","args":[' + b"[" * 400 + b"]" * 400 + b"]}",
    b'{"task":"anything","args":[' + b'{"a":' * 480 + b"1" + b"}" * 480 + b"]}",
    b'{"task":"add","args":[1e400,1]}',
    b'{"task":"add","args":[1,' + b"9" * 5_000 + b"]}",
    b'{"task":"anything","args":[' + b"9" * 5_000 + b"]}",
    b'{"task":"add","args":["\\ud800",1]}',
    b'{"task":"anything","args":["\\ud800"]}',
    b'{"task":"anything","args":[{"a":1,"a":2}]}',
    b'{"task":"anything","args":[{"\\ud800":1}]}',
    b'{"task":"\\ud800","args":[]}',
    b'{"task":"add","args":[1,2],"id":"\\ud800"}',
    b'{"task":"add","args":[1,2],"queue":"amq.direct"}',
    b'{"task":"add","args":[1,2],"priority":1e400}',
    b'{"task":"add","args":[1,2],"priority":99999999999999999999}',
    b'{"task":"add","args":[1,2],"delay":1e308}',
    b'{"task":"add","args":[1,2],"timeout":1e-320}',
    b'{"task":"add","args":[1,2],"run_at":"0001-01-01T00:00:00+23:59"}',
    b'{"task":"add","args":[1,2],"run_at":"9999-12-31T23:59:59-23:59"}',
    b'{"task":"add","args":[1,2],"run_at":"9999-12-31T23:59:59.999999Z"}',
    b'{"task":"add","args":[1,2],"run_at":"2026-01-01T00:00:60Z"}',
    b'{"task":"add","args":[1,2],"task":"add"}',
    b'{"ids":["\\u0000"]}',
    b'{"ids":[' + b'"x",' * 10_000 + b'"x"]}',
    b"--B\r\n\r\n--B--",
    _TASK + b"; filename*=UTF-8''a%0D%0Ab\r\n\r\n1 2\r\n--B--\r\n",
    _TASK + b'; filename="\xff\xf0"\r\n\r\n1 2\r\n--B--\r\n',
    b'--B\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n\xff\r\n--B--\r\n',
    b"--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B--\r\n",
    b"key=%FF&csrf=%ED%A0%80&task=%00",
    b"task=add&arg.a=%00&arg.b=1e400&delay=NaN",
    b"task=add&arg.a=1&arg.b=1&run_at=9999-12-31T23:59:59-23:59",
    b"task=anything&arg.value=" + b"%5B" * 900 + b"%5D" * 900,
    b"&" * 10_000,
)

KINDS: Final = (
    "application/json",
    "application/x-ndjson",
    "multipart/form-data; boundary=B",
    "application/x-www-form-urlencoded",
)


def kind_of(body: bytes) -> str:
    """What a body is most like."""
    if body.startswith(b"--"):
        return KINDS[2]
    return KINDS[3] if body.startswith((b"key=", b"task=", b"&")) else KINDS[0]


METHODS: Final = ("HEAD", "OPTIONS", "TRACE", "CONNECT", "PATCH", "DELETE", "BREW", "G3T", "get", "X" * 20)
