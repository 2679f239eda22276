"""Whose address a request comes from, and which addresses are one caller.

Comes in: the other end of the connection, and X-Forwarded-For. Goes out: one name a caller. Never: a
header believed that a configured proxy did not write: what stands left of it anybody may have typed.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

from detectory.errors import BadSetting

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
NOBODY = "unknown"  # a test client, or a socket that has no address
NETWORK_BITS = 64  # of IPv6: one subscriber is given that many addresses or more (RFC 6177)


class Proxies:
    """The proxies whose X-Forwarded-For is believed.

    >>> Proxies(["10.0.0.0/8"]).caller("10.1.2.3", "6.6.6.6, 192.0.2.9, 10.9.9.9")
    '192.0.2.9'
    >>> Proxies([]).caller("198.51.100.7", "192.0.2.9")
    '198.51.100.7'
    >>> Proxies(["10.0.0.0/8"]).caller("::ffff:10.1.2.3", "192.0.2.9")
    '192.0.2.9'
    """

    def __init__(self, networks: Iterable[str]) -> None:
        """Raises `BadSetting` for what is no network."""
        self._networks = [_network(text) for text in networks]

    def caller(self, peer: str, forwarded: str = "") -> str:
        """The caller's name: from the right, the first address that is no proxy of ours."""
        if forwarded and self._networks:
            for hop in (peer, *reversed(forwarded.split(","))):
                address = _address(hop.strip())
                if address is None:
                    break  # what a proxy wrote is no address: the last one that was counts
                peer = str(address)
                if not any(address in network for network in self._networks):
                    break
        return named(peer)


@lru_cache(maxsize=4096)
def named(address: str) -> str:
    """One name for all addresses of one subscriber: IPv6 by its /64, IPv4 in IPv6 as IPv4.

    >>> named("2001:db8:1:2:3:4:5:6"), named("::ffff:192.0.2.1"), named("192.0.2.1"), named("")
    ('2001:db8:1:2::/64', '192.0.2.1', '192.0.2.1', 'unknown')
    """
    found = _address(address)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, NETWORK_BITS), strict=False))
    return NOBODY if found is None else str(found)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address to listen on; a name is believed where it is 'localhost'.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0"), is_loopback("example.org")
    (True, True, False, False)
    """
    address = _address(host)
    return host == "localhost" if address is None else address.is_loopback


def _address(text: str) -> Address | None:
    """An address; one of IPv4 in IPv6, as a socket for both names its callers, as IPv4."""
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped) or found


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        raise BadSetting("serving.proxies", why=str(error)) from error
