"""Indicators that nobody can click: for terminals, mails and tickets."""

from __future__ import annotations

LONGEST = 80


def defanged(text: str) -> str:
    r"""A name or address as it is written among analysts, without control characters, cut where it is long.

    >>> defanged("https://evil.example/a?b=c.d"), defanged("10.0.0.1\x1b[31m")
    ('hxxps://evil[.]example/a?b=c[.]d', '10[.]0[.]0[.]1?[31m')
    """
    shown = "".join(character if character.isprintable() else "?" for character in text)
    safe = shown.replace("http", "hxxp").replace(".", "[.]").replace("@", "[@]")
    return safe if len(safe) <= LONGEST else f"{safe[: LONGEST - 1]}…"
