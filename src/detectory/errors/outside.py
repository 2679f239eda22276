"""8: disk, network, permission."""

from __future__ import annotations

from detectory.errors.tree import OutsideError


class StoreUnwritable(OutsideError):
    """The disk refuses: full, read-only, not permitted."""

    code, status, title = "E8001", 507, "The disk refuses"

    def __init__(self, path: str, *, reason: str) -> None:
        super().__init__(
            "the store cannot be used",
            why=reason,
            where=path,
            fix="free space or allow writing there, or name another folder: detectory --set store=PATH …",
        )


class OutputUnwritable(OutsideError):
    """A file that was asked for cannot be written."""

    code, title = "E8003", "A file cannot be written"

    def __init__(self, path: str, *, reason: str) -> None:
        super().__init__(
            f"cannot write {path}",
            why=reason,
            where=path,
            fix="make its folder, free space or allow writing there, or name another path",
        )


class FileRefused(OutsideError):
    """The system refuses a file: not permitted, read-only, full."""

    code, title = "E8168", "The system refuses a file"

    def __init__(self, path: str, *, reason: str) -> None:
        super().__init__(
            f"the system refuses {path or 'a file'}",
            why=reason,
            where=path,
            fix="allow the user that runs this to read and write it, free space, or name another path",
        )


class DownloadFailed(OutsideError):
    """A public file cannot be had over the network."""

    code, title = "E8002", "A file cannot be fetched"

    def __init__(self, url: str, *, reason: str) -> None:
        super().__init__(
            "a public file cannot be fetched",
            why=reason,
            where=url,
            fix="try again later, use the mirror (DETECTORY_MIRROR), or leave the network off: "
            "detectory --set network=false …",
        )


class ClusterAway(OutsideError):
    """A cluster of Ray does not answer, or none can be started."""

    code, title = "E8120", "No cluster to work on"

    def __init__(self, address: str, *, why: str) -> None:
        super().__init__(
            f"no cluster answers at {address}" if address else "no cluster of Ray can be started here",
            why=why,
            where="settings [ray]" if address else "",
            fix="correct the setting ray.address, and RAY_AUTH_TOKEN where it wants a token; "
            "or search on this machine: --engine local",
        )


class StoreAway(OutsideError):
    """A bucket does not answer, or refuses; it was tried for as long as the setting objects.retry_s says."""

    code, title = "E8004", "The object store cannot be used"

    def __init__(self, url: str, *, reason: str) -> None:
        super().__init__(
            "the object store cannot be used",
            why=reason,
            where=url,
            fix="try again later: nothing is half-made; otherwise check the bucket's name, objects.endpoint, "
            "objects.region and the credentials of the environment "
            "(docs/how-to/keep-artifacts-in-a-bucket.md)",
        )


class CannotListen(OutsideError):
    """The server's address cannot be had."""

    code, title = "E8010", "The address cannot be listened on"

    def __init__(self, host: str, port: int, *, reason: str) -> None:
        super().__init__(
            f"cannot listen on {host}:{port}",
            why=reason,
            fix=f"name another port, or an address of this machine where '{host}' is none: "
            "detectory serve --host ADDRESS --port PORT",
        )


class PeerAway(OutsideError):
    """A server that is to be asked does not answer."""

    code, title = "E8011", "A server does not answer"

    def __init__(self, url: str, *, reason: str) -> None:
        super().__init__(
            "the server does not answer", why=reason, where=url, fix="start it, or correct its address"
        )


class NotSent(OutsideError):
    """Runs could not be sent to a tracker."""

    code, title = "E8139", "Runs are not sent"

    def __init__(self, sink: str, *, count: int, why: str) -> None:
        super().__init__(
            f"{count} runs are not sent to {sink}",
            why=why,
            fix=f"see that {sink} is there and [tracking.{sink}] is right, then: detectory runs send",
        )
