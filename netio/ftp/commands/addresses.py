"""The addresses in PORT, EPRT and the answers to PASV and EPSV: where a data connection goes."""
from __future__ import annotations

import ipaddress

from .grammar import CommandError

_LOWEST_PORT = 1024  # below are the system's own services: no client listens there


def parse_port(text: str) -> tuple[str, int]:
    """Return the (host, port) of PORT's argument, six numbers.

    >>> parse_port("192,0,2,7,200,13")
    ('192.0.2.7', 51213)

    Raises: CommandError (501). Source: RFC 959 section 5.3.2, DATA PORT.
    """
    parts = text.split(",")
    if len(parts) != 6 or not all(part.isascii() and part.isdigit() and int(part[:4]) < 256 for part in parts):
        raise CommandError(501, "An address is h1,h2,h3,h4,p1,p2, each 0 to 255.")
    numbers = [int(part) for part in parts]
    return ".".join(map(str, numbers[:4])), numbers[4] << 8 | numbers[5]


def parse_eprt(text: str) -> tuple[str, int]:
    """Return the (host, port) of EPRT's argument: family, address and port, between delimiters of the client's choice.

    >>> parse_eprt("|1|192.0.2.7|51213|"), parse_eprt("|2|2001:DB8::7|51213|")
    (('192.0.2.7', 51213), ('2001:db8::7', 51213))

    Raises: CommandError: 501, or 522 for a family that is neither IPv4 nor IPv6. Source: RFC 2428 section 2.
    """
    parts = text.split(text[0]) if text and 33 <= ord(text[0]) <= 126 else []
    if len(parts) != 5 or parts[4] or not (parts[3].isascii() and parts[3].isdigit() and len(parts[3]) <= 5):
        raise CommandError(501, "An address is |1|IPv4|port| or |2|IPv6|port|.")
    if parts[1] not in ("1", "2"):
        raise CommandError(522, "Network protocol not supported, use (1,2).")
    try:
        host: object = ipaddress.IPv4Address(parts[2]) if parts[1] == "1" else ipaddress.IPv6Address(parts[2])
    except ValueError:
        raise CommandError(501, "That is no address of this family.") from None
    if int(parts[3]) > 65535:
        raise CommandError(501, "A port is 0 to 65535.")
    return str(host), int(parts[3])


def plain_host(host: str) -> str:
    """Return an address in its shortest spelling: IPv4 also where a socket for both families shows it as IPv6.

    >>> plain_host("::ffff:192.0.2.7"), plain_host("FE80::1%eth0"), plain_host("0:0:0:0:0:0:0:1")
    ('192.0.2.7', 'fe80::1', '::1')

    What is no address, such as a Unix socket's path, is returned as it is.
    """
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def check_active(target: tuple[str, int], client: str) -> None:
    """Refuse a data connection to any but the client itself, or to a port of a system service.

    >>> check_active(("192.0.2.7", 51213), "192.0.2.7")
    >>> check_active(("192.0.2.8", 51213), "192.0.2.7")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
        ...
    CommandError: Data connections go to your own address only.

    Raises: CommandError (501). Source: RFC 2577 section 3, the bounce attack.
    """
    if plain_host(target[0]) != plain_host(client):
        raise CommandError(501, "Data connections go to your own address only.")
    if target[1] < _LOWEST_PORT:
        raise CommandError(501, f"Data connections go to ports from {_LOWEST_PORT} on only.")


def format_pasv(host: str, port: int) -> str:
    """Return what PASV answers.

    >>> format_pasv("192.0.2.1", 51213)
    'Entering Passive Mode (192,0,2,1,200,13).'

    Raises: CommandError (425) for an IPv6 address: six numbers cannot hold it.
    """
    if ":" in host:
        raise CommandError(425, "PASV knows IPv4 only: use EPSV.")
    return f"Entering Passive Mode ({host.replace('.', ',')},{port >> 8},{port & 255})."


def format_epsv(port: int) -> str:
    """Return what EPSV answers: a port, at the address that the client knows already.

    >>> format_epsv(51213)
    'Entering Extended Passive Mode (|||51213|)'

    Source: RFC 2428 section 3.
    """
    return f"Entering Extended Passive Mode (|||{port}|)"
