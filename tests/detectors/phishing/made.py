"""URLs made up in the forms that lists are published in: `label<TAB>url` lines, a table, and PhishTank's."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

LEGITIMATE = 11_000  # 15 % of them calibrate, and 1,500 certify a false positive rate of 2e-3
PHISHING = 3_000

WORDS = (
    *("garden", "music", "travel", "harbor", "school", "bakery", "cycle", "studio", "museum", "forest"),
    *("market", "valley", "bridge", "paper", "kitchen", "sailing", "meadow", "pottery", "library", "choir"),
)
SUFFIXES = ("com", "org", "net", "de", "co.uk", "info")
PAGES = ("", "/", "/about", "/news/2017/05/a-day-at-the-{}", "/products/{}.html", "/search?q={}&page=2")
BRANDS = ("paypal", "apple", "amazon", "netflix", "dropbox", "paypa1", "app1e", "arnazon")
KITS = (
    *("/wp-includes/{}/login.php", "/secure/{}/signin.php?cmd=login&session={}", "/~user/{}/verify.html"),
    *("/update/account/{}/index.php", ""),
)


def make(folder: Path, *, seed: int) -> list[Path]:
    """Write one file of each form that holds both classes, or phishing alone; gives their paths."""
    rng = np.random.default_rng(seed)
    rows = [("legitimate", legitimate(rng, number)) for number in range(LEGITIMATE)]
    rows += [("phishing", phishing(rng, number)) for number in range(PHISHING)]
    rows = [rows[at] for at in rng.permutation(len(rows)).tolist()]
    third = len(rows) // 3
    files = {
        "train.txt": tabbed(rows[:third]),
        "urls.csv": table(rows[third : 2 * third]),
        "benign_urls.json": json.dumps([url for label, url in rows[2 * third :] if label == "legitimate"]),
        "online-valid.csv": phishtank([url for label, url in rows[2 * third :] if label == "phishing"]),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in files]


def legitimate(rng: np.random.Generator, number: int) -> str:
    one, other, page = (str(rng.choice(words)) for words in (WORDS, WORDS, PAGES))
    return f"https://www.{one}-{other}{number}.{rng.choice(SUFFIXES)}{page.format(other)}"


def phishing(rng: np.random.Generator, number: int) -> str:
    brand, word, kit = (str(rng.choice(words)) for words in (BRANDS, WORDS, KITS))
    host = f"{brand}.com.{word}{number}" if rng.random() < 0.5 else f"{brand}-account-{word}{number}"
    key = rng.bytes(8).hex()
    return f"http://{host}.{rng.choice(SUFFIXES)}{kit.format(brand, key)}"


def tabbed(rows: list[tuple[str, str]]) -> str:
    return "".join(f"{label}\t{url}\n" for label, url in rows)


def table(rows: list[tuple[str, str]]) -> str:
    lines = [f'{int(label == "phishing")},"{url}"' for label, url in rows]
    return "\n".join(["Labels,URLs", *lines, ""])


def phishtank(urls: list[str]) -> str:
    header = "phish_id,url,phish_detail_url,submission_time,verified,verification_time,online,target"
    time = "2020-05-09T22:01:43+00:00"
    return "\n".join(
        [header, *(f'{n},"{url}",,{time},yes,{time},yes,Other' for n, url in enumerate(urls)), ""]
    )
