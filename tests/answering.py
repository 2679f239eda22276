"""A server of a test's own, in a thread of its own, while the test asks it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer

SOON_S = 0.01


@contextmanager
def answering(server: BaseServer) -> Iterator[str]:
    """Lets a server on this machine answer; gives its address, and closes it at the end."""
    thread = threading.Thread(target=server.serve_forever, args=(SOON_S,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
