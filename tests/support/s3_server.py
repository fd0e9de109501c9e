"""A small server that speaks as much of S3 as reading a bucket needs, over real HTTP on this machine.

It knows ListObjects with prefix, delimiter and pages of two keys, HEAD and GET of an object, refuses who has not signed
with its secret (AWS Signature Version 4), and answers in S3's words. What was asked for is kept in `asked`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

KEY, SECRET, REGION, BUCKET = "reader", "a-secret-of-the-test", "cn-test-1", "prices"
KEYS_OF_A_PAGE = 2


@dataclass
class S3Server:
    """The bucket: objects by key; keys in `broken` answer 500."""

    endpoint: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def an_s3_server() -> Iterator[S3Server]:
    """The server while it runs, on a free port."""
    bucket = S3Server()

    class Handler(_Handler):
        state = bucket

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    bucket.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield bucket
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    state: S3Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        bucket, _slash, key = unquote(parts.path).lstrip("/").partition("/")
        self.state.asked.append((self.command, key))
        if not self._is_signed(parts.path, parts.query):
            return self._refuse(403, "SignatureDoesNotMatch")
        if bucket != BUCKET:
            return self._refuse(404, "NoSuchBucket")
        if not key:
            return self._answer(200, self._listing(dict(parse_qsl(parts.query))).encode(), "application/xml")
        if key in self.state.broken:
            return self._refuse(500, "InternalError")
        if key not in self.state.objects:
            return self._refuse(404, "NoSuchKey")
        return self._answer(200, self.state.objects[key], "text/csv")

    do_HEAD = do_GET  # noqa: N815 - the name that http.server calls

    def _listing(self, asked: dict[str, str]) -> str:
        prefix, delimiter, marker = (asked.get(name, "") for name in ("prefix", "delimiter", "marker"))
        entries: dict[str, bool] = {}
        for key in sorted(self.state.objects):
            if key.startswith(prefix):
                rest = key[len(prefix) :]
                folder, found, _rest = rest.partition(delimiter) if delimiter else (rest, "", "")
                entries[f"{prefix}{folder}{delimiter}" if found else key] = bool(found)
        names = [name for name in entries if name > marker]
        page, more = names[:KEYS_OF_A_PAGE], len(names) > KEYS_OF_A_PAGE
        text = "".join(
            f"<CommonPrefixes><Prefix>{quote(name)}</Prefix></CommonPrefixes>"
            if entries[name]
            else f"<Contents><Key>{escape(quote(name))}</Key><Size>{len(self.state.objects[name])}</Size></Contents>"
            for name in page
        )
        following = f"<NextMarker>{quote(page[-1])}</NextMarker>" if more else ""
        return (
            '<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<Name>{BUCKET}</Name><EncodingType>url</EncodingType><IsTruncated>{str(more).lower()}</IsTruncated>"
            f"{following}{text}</ListBucketResult>"
        )

    def _is_signed(self, path: str, query: str) -> bool:
        found = re.fullmatch(
            r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)",
            self.headers.get("Authorization", ""),
        )
        if found is None or found[1] != KEY or found[3] != REGION:
            return False
        day, names, signature = found[2], found[4], found[5]
        pairs = sorted((quote(k, safe="-_.~"), quote(v, safe="-_.~")) for k, v in parse_qsl(query, True))
        canonical = "\n".join(
            [
                self.command,
                path,
                "&".join(f"{name}={value}" for name, value in pairs),
                *(f"{name}:{' '.join(self.headers[name].split())}" for name in names.split(";")),
                "",
                names,
                self.headers["x-amz-content-sha256"],
            ]
        )
        scope = f"{day}/{REGION}/s3/aws4_request"
        to_sign = "\n".join(
            [
                "AWS4-HMAC-SHA256",
                self.headers["x-amz-date"],
                scope,
                hashlib.sha256(canonical.encode()).hexdigest(),
            ]
        )
        secret = f"AWS4{SECRET}".encode()
        for part in (day, REGION, "s3", "aws4_request"):
            secret = hmac.new(secret, part.encode(), hashlib.sha256).digest()
        return hmac.new(secret, to_sign.encode(), hashlib.sha256).hexdigest() == signature

    def _refuse(self, status: int, code: str) -> None:
        body = f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>{code}</Message></Error>'
        self._answer(status, body.encode(), "application/xml")

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"')
        self.send_header("Last-Modified", "Mon, 30 Nov 2026 00:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Tests need no access log."""
