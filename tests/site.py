"""A site of another origin, on this machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

Sent = tuple[str, bytes]  # a page's type and its content


@contextmanager
def serving(page: Callable[[str], Sent | None]) -> Iterator[str]:
    """The address of a server that answers each path, unquoted, with its page, or 404 where it has none."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = page(unquote(urlsplit(self.path).path))
            if found is None:
                self.send_error(404)
                return
            kind, content = found
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
