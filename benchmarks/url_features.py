"""phishing's parse and features against one plain Python loop that computes the same, in one run.

    python benchmarks/url_features.py [--rows 100000]

The URLs are generated here: shops, news, kits on servers that were broken into, look-alikes, one in a
thousand with an international host. The loop is the twin that the tests hold the kernels to
(tests/kernels/twin_url/): one pass, tables warm. It gets a fiftieth of the URLs, its time a URL is what
counts. Best of three, this process's CPU time.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from parse_and_features import microseconds  # noqa: E402  # the program beside this one

from detectory.detectors.phishing.features import features  # noqa: E402
from detectory.detectors.phishing.parse import parse  # noqa: E402
from tests.kernels.twin_domain.features import words as dictionary  # noqa: E402
from tests.kernels.twin_url.features import features_of  # noqa: E402
from tests.kernels.twin_url.parse import parse_one  # noqa: E402

SUFFIXES = ("com", "net", "org", "co.uk", "ru", "info", "com.br", "github.io")
FORMS = (
    "https://www.{0}-{1}.{3}/products/{2}.html?id={4}&sort=price",
    "http://{1}.{0}.{3}/2017/05/{1}-{2}-{0}/",
    "http://{0}{1}.{3}/wp-content/plugins/{2}/login.php?cmd=update&session={5}",
    "https://paypal.com.{0}{4}.{3}/secure/{5}/signin",
    "{0}.{3}",
)


def generated_urls(rows: int, *, seed: int) -> list[str]:
    """URLs of five kinds, in turn."""
    rng = np.random.default_rng(seed)
    words = sorted(dictionary(), key=dictionary().__getitem__)[:5_000]
    picks = rng.integers(len(words), size=(rows, 3)).tolist()
    suffixes = rng.integers(len(SUFFIXES), size=rows).tolist()
    numbers = rng.integers(10**6, size=rows).tolist()
    return [
        _url(row, [words[pick] for pick in picks[row]], SUFFIXES[suffixes[row]], numbers[row])
        for row in range(rows)
    ]


def _url(row: int, words: list[str], suffix: str, number: int) -> str:
    if row % 1000 == 999:
        words[0] = f"ü{words[0]}"
    return FORMS[row % len(FORMS)].format(*words, suffix, number, f"{number * 7919:012x}")


def compiled(urls: list[str]) -> None:
    features(parse({"url": urls}).rows)


def loop(urls: list[str]) -> None:
    for url in urls:
        found = parse_one(url)
        if isinstance(found, tuple):
            features_of(found[0], found[2])


def one_row(urls: list[str]) -> float:
    """Microseconds for one URL in a call of its own, over URLs in turn."""

    def calls(batch: list[str]) -> None:
        for url in batch:
            compiled([url])

    return microseconds(calls, urls)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rows", type=int, default=100_000)
    rows = arguments.parse_args().rows
    urls = generated_urls(rows, seed=1)
    few = urls[: max(1, rows // 50)]
    compiled(few), loop(few[:100])  # reads the tables
    slow, fast, single = microseconds(loop, few), microseconds(compiled, urls), one_row(few)
    print(f"{'parse and features':<34}{'us a URL':>12}{'URLs a second':>18}{'ratio':>8}")
    for label, cost in (
        ("one Python loop", slow),
        (f"kernels, {rows:,} URLs a call", fast),
        ("kernels, one URL a call", single),
    ):
        print(f"{label:<34}{cost:>12.2f}{1e6 / cost:>18,.0f}{slow / cost:>7.1f}x")


if __name__ == "__main__":
    main()
