"""A cluster of Ray to work on: one that is there, or one of our own on this machine, gone when we are done.

Our own listens on 127.0.0.1 alone and wants a token that only its processes know: whoever may reach Ray runs
what they like. Nothing is reported to anybody, and there is no dashboard.
"""

from __future__ import annotations

import functools
import logging
import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

from detectory.errors import ClusterAway, MissingExtra

#: megabytes for what processes share: trials share nothing but parameters and losses
SHARED_MB = 100
#: seconds that a cluster has to answer
PATIENCE_S = 10.0
#: what Ray reads from the environment when it is imported; everybody's cluster, and ours
_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_AIR_NEW_OUTPUT": "0",
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",
    "TUNE_DISABLE_SIGINT_HANDLER": "1",  # Ctrl-C ends the search here, not only a trial
    "TUNE_DISABLE_STRICT_METRIC_CHECKING": "1",  # a fit without steps tells no loss
    "TUNE_GLOBAL_CHECKPOINT_S": "1000000",  # what is kept we keep ourselves
}
_OWN = {
    "RAY_AUTH_MODE": "token",
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # on Linux, too: this machine alone, by 127.0.0.1
}


_SHARED: ContextVar[str | None] = ContextVar("_SHARED", default=None)


def shared() -> str | None:
    """The folder that all machines of the cluster see; None where there is one machine."""
    return _SHARED.get()


@contextmanager
def connected(*, address: str = "", jobs: int = 1, storage: str = "") -> Iterator[None]:
    """Be connected to a cluster: the one at ``address``, or our own with a processor a job.

    All machines of a cluster must see the workspace under the same path, and the folder ``storage``. Where
    this process is connected already, that is the cluster, and it stays. Raises `MissingExtra`, and
    `ClusterAway` where none answers or starts.
    """
    if address:
        _reach(address)
    with _environment(_QUIET if address else _QUIET | _OWN | {"RAY_AUTH_TOKEN": _token()}):
        ray = library()
        if ray.is_initialized():
            yield
            return
        # a short path: a socket lies deep in it, and the system knows no path of one over 107 bytes
        folder = tempfile.mkdtemp(prefix="ray-", dir="/tmp")  # readable by its owner alone
        before = _SHARED.set(storage or None)
        try:
            _start(ray, address, jobs, folder)
            yield
        finally:
            _SHARED.reset(before)
            ray.shutdown()
            shutil.rmtree(folder, ignore_errors=True)


@functools.cache
def _token() -> str:
    """One a process: Ray reads it once."""
    return secrets.token_hex(32)


def library() -> Any:
    """Ray. Raises `MissingExtra`."""
    try:
        import ray
        import ray.tune
    except ImportError as error:
        raise MissingExtra("ray", extra="ray", because="to search on a cluster") from error
    logging.getLogger("ray").setLevel(logging.CRITICAL)  # what goes wrong with a trial is told of the trial
    return ray


def _start(ray: Any, address: str, jobs: int, folder: str) -> None:
    own: dict[str, Any] = {
        "address": "local",
        "num_cpus": jobs,
        "include_dashboard": False,
        "object_store_memory": SHARED_MB * 2**20,
        "_node_ip_address": "127.0.0.1",
        "_temp_dir": folder,
    }
    try:
        ray.init(
            **({"address": address} if address else own),
            log_to_driver=False,
            configure_logging=False,
            logging_level=logging.CRITICAL,
        )
    except Exception as error:  # Ray raises a dozen types of its own and of the system
        raise ClusterAway(address, why=f"{type(error).__name__}: {error}") from error


def _reach(address: str) -> None:
    """Raises `ClusterAway` where nobody listens: Ray itself would wait for minutes."""
    where = urlsplit(address if "://" in address else f"ray://{address}")
    try:
        if where.port:
            socket.create_connection((where.hostname, where.port), timeout=PATIENCE_S).close()
    except (OSError, ValueError) as error:
        raise ClusterAway(address, why=str(error)) from error


@contextmanager
def _environment(said: Mapping[str, str]) -> Iterator[None]:
    """Ray is told by the environment alone; it is as before afterwards."""
    before = {name: os.environ.get(name) for name in said}  # noqa: TID251  # Ray reads it nowhere else
    os.environ.update(said)  # noqa: TID251
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)  # noqa: TID251
            os.environ.update({} if value is None else {name: value})  # noqa: TID251
