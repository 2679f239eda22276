"""Every generated family against published samples, and what a corpus asks of all of them.

The literals are from Johannes Bader's analyses (bin.re) and from the sample lists of
github.com/baderj/domain_generation_algorithms and github.com/andrewaeva/DGA; the whole lists are
compared where the mirror is.
"""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path

import pytest

from detectory.blocks.words import ranked_words
from detectory.detectors.dga import families
from detectory.detectors.dga.families import charbot, nymaim2, suppobox
from detectory.detectors.dga.source import NAMES_A_FAMILY, generated
from detectory.errors import UnknownFamily

HOST_NAME = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}")

#: family, the published seed or date, the first names it must give, the mirror's whole sample list
PUBLISHED = [
    ("banjori", "earnestnessbiophysicalohax.com", ["kwtoestnessbiophysicalohax.com"], "banjori"),
    ("corebot", "2015-09-08", ["lkhylm0mhyfuhg.ddns.net", "s63234wluv5v365bwp5.ddns.net"], "corebot"),
    ("dircrypt", "72113c2b", ["rauggyguyp.com", "llullzza.com", "mluztamhnngwgh.com"], "dircrypt"),
    ("murofet", "2015-09-03", ["cmqvvxtppnibli.biz", "cmqvvxtppnibli.com"], "murofet_v2"),
    ("necurs", "2015-08-31", ["nccojqvabqvkiwhj.mx", "hoedwwwywnmmbi.ac"], "necurs"),
    ("newgoz", "2015-08-31", ["xzz3ug32bale1uo60y7xj6rge.com"], "newgoz"),
    ("padcrypt", "2016-03-06", ["elkfcfnacacmofdf.com", "mkmeeefncfnfdmbm.de"], "padcrypt"),
    ("proslikefan", "7521323d", ["flarvcpk.eu", "stjneohiod.biz"], "proslikefan"),
    ("qadars", "2016-04-04", ["nctqrgta7o52.net", "khqzwlib0pun.org", "lun0lmr4xe7k.com"], None),
    ("qadars", "2016-03-28", [], "qadars"),
    ("qakbot", "2016-02-21", ["bqkrtxgkmriwsiwcngtivpx.info"], "qakbot"),
    ("ramnit", "79159c10", ["knpqxlxcwtlvgrdyhd.com", "nvlyffua.com"], "ramnit"),
    ("ranbyus", "2015-05-14", ["ikwoqkwuajpbyx.com", "niukpdrluwlfox.pw"], "ranbyus_may"),
    ("shiotob", "wtipubctwiekhir.net", ["rwmu35avqo12tqc.com", "rskb5bsfhm2fk5h.net"], "shiotob"),
    ("simda", "45ae94b2", ["gatyfus.com", "lyvyxor.com"], "simda"),
    ("sisron", "2016-06-02", ["mdiwnjiwmtya.com", "mdewnjiwmtya.com"], "sisron"),
    ("tinba", "jc74FlUna852Ji9o", ["nvfowikhevmy.com", "nvfowikhevmy.net"], "tinba"),
]
#: what a sample list begins with and the malware knows before it makes a name
GIVEN = {"blackfreeqazyio.cc", "wtipubctwiekhir.net"}
#: by nymaim2 on 27 April 2018
NYMAIM2 = (
    "virginia-hood.top shelter-downloadable.ps tylerpreparation.sg zolofteffectiveness.ch "
    "stakeholders-looked.hn williampassword.sc thailandcool.re thoughtsjazz.ec recovery-hairy.ac "
    "workshopsforms.hn"
)
each_family = pytest.mark.parametrize("name", families.names())


def sample(mirror: Path, name: str) -> list[str]:
    return names_in(mirror, f"baderj/{name}_example_domains")


def names_in(mirror: Path, listed: str) -> list[str]:
    return gzip.decompress((mirror / "dga" / f"{listed}.txt.gz").read_bytes()).decode().split()


@pytest.mark.parametrize(("name", "batch", "first", "listed"), PUBLISHED)
def test_a_published_seed_gives_the_published_names(
    name: str, batch: str, first: list[str], listed: str | None
) -> None:
    family = families.load(name)
    assert batch in family.BATCHES
    assert family.domains(batch, len(first)) == first


@pytest.mark.parametrize(("name", "batch", "first", "listed"), [case for case in PUBLISHED if case[3]])
def test_a_published_seed_gives_the_whole_sample_list_in_order(
    mirror: Path, name: str, batch: str, first: list[str], listed: str
) -> None:
    published = [domain for domain in sample(mirror, listed) if domain not in GIVEN]
    wanted = set(published)
    made = families.load(name).domains(batch, 5000)
    assert [domain for domain in dict.fromkeys(made) if domain in wanted] == published


@pytest.mark.parametrize(("batch", "listed"), [("al-3-5-7-11-13", "al"), ("sn-7-3-5-11-13", "sn")])
def test_dmsniff_gives_the_distinct_names_of_both_sample_lists(mirror: Path, batch: str, listed: str) -> None:
    published = names_in(mirror, f"baderj/dmsniff_domains_{listed}")
    assert families.load("dmsniff").domains(batch, 50) == list(dict.fromkeys(published))


def test_sharkbot_gives_the_names_of_its_week(mirror: Path) -> None:
    published = names_in(mirror, "baderj/sharkbot_example_domains_v2.8")
    assert families.load("sharkbot").domains("2022-22", 7) == published


def test_orchard_gives_the_half_of_its_sample_that_is_of_the_date(mirror: Path) -> None:
    assert families.load("orchard").domains("2022-09-29", 16) == sample(mirror, "orchard")[:16]


def test_bazarbackdoor_gives_every_sample_name_of_its_month(mirror: Path) -> None:
    made = families.load("bazarbackdoor").domains("2021-12", 2160)
    assert len(set(made)) == 2160
    assert set(names_in(mirror, "baderj/bazarbackdoor_example_domains_beta")) <= set(made)


def test_charbots_sample_has_our_suffixes_lengths_and_characters(mirror: Path) -> None:
    published = names_in(mirror, "baderj/charbot_domains_examples")[1:]  # it begins with its own name
    labels, suffixes = zip(*(name.split(".") for name in published), strict=True)
    assert set(suffixes) == set(charbot.SUFFIXES)
    assert min(map(len, labels)) == charbot.SHORTEST
    assert set("".join(labels)) == set(charbot.CHARACTERS)


def test_charbot_leaves_all_but_two_characters_of_a_preloaded_host() -> None:
    hosts = defaultdict(list)
    for host in charbot._labels():
        hosts[len(host)].append(host)
    for name in charbot.domains("00001905", 5):
        label = name.split(".")[0]
        assert min(changes(label, host) for host in hosts[len(label)]) <= 2


def changes(label: str, other: str) -> int:
    """In how many places two labels of the same length differ."""
    return sum(a != b for a, b in zip(label, other, strict=True))


def test_cryptolocker_gives_the_list_in_order_as_far_as_a_day_goes(mirror: Path) -> None:
    published = names_in(mirror, "andrewaeva/cryptolocker")
    made = families.load("cryptolocker").domains("2014-10-07", 1000)
    wanted = set(published)
    found = [domain for domain in made if domain in wanted]
    assert len(found) > 900
    assert found == published[: len(found)]


def test_nymaim2_takes_the_words_hyphens_and_suffixes_of_the_ten_published_names() -> None:
    published = NYMAIM2.split()
    chosen = nymaim2.choices("2018-04-27", 10)
    assert ["-" if "-" in name else "" for name in published] == [
        nymaim2.SEPARATORS[b] for _, b, _, _ in chosen
    ]
    assert [name.split(".")[1] for name in published] == [nymaim2.SUFFIXES[d] for _, _, _, d in chosen]
    by_index = [name for _, name in sorted(zip([a for a, *_ in chosen], published, strict=True))]
    assert by_index == sorted(published)  # the malware's list of first words is alphabetical


def test_nymaim2_explains_every_sample_name_of_eleven_days(mirror: Path) -> None:
    days = [f"2018-04-{day}" for day in range(29, 18, -1)]
    shapes = iter([(b == 0, nymaim2.SUFFIXES[d]) for day in days for _, b, _, d in nymaim2.choices(day, 64)])
    published = [("-" in name, name.split(".")[1]) for name in sample(mirror, "nymaim2")]
    assert all(shape in shapes for shape in published)  # `in` goes on where the last one was found


@pytest.mark.parametrize(("listed", "fits", "does_not"), [("1", 55, 54), ("3", 1, 0)])
def test_suppobox_picks_words_one_to_one_with_the_samples(
    mirror: Path, listed: str, fits: int, does_not: int
) -> None:
    published = names_in(mirror, f"baderj/suppobox_example_domains{listed}")
    names = [domain.removesuffix(".net") for domain in published]
    assert explained(names, first_number=fits)
    assert not explained(names, first_number=does_not)


def explained(names: list[str], *, first_number: int) -> bool:
    """Whether equal indices share a beginning and an end that together cover every name."""
    begin, end = defaultdict(list), defaultdict(list)
    pairs = [suppobox.word_indices(first_number + step) for step in range(len(names))]
    for name, (first, second) in zip(names, pairs, strict=True):
        begin[first].append(name)
        end[second].append(name[::-1])
    return all(
        shared(begin[first]) + shared(end[second]) >= len(name)
        for name, (first, second) in zip(names, pairs, strict=True)
    )


def shared(texts: list[str]) -> int:
    """How many letters all of them begin with."""
    return sum(takewhile(bool, (len(set(letters)) == 1 for letters in zip(*texts, strict=False))))


def test_suppobox_takes_its_next_number_every_512_seconds() -> None:
    midnight = int(datetime(2015, 1, 1, tzinfo=UTC).timestamp())
    words = suppobox._words()
    names = [
        f"{words[a]}{words[b]}.net"
        for a, b in map(suppobox.word_indices, (midnight >> 9, (midnight >> 9) + 1))
    ]
    assert suppobox.domains("2015-01-01", 2) == names


def test_the_words_of_word_families_are_in_the_dictionary() -> None:
    known = {word.decode() for word, _ in ranked_words()}
    first, second = nymaim2._words()
    assert {*first, *second, *suppobox._words()} <= known
    assert (len(set(first)), len(set(second)), len(set(suppobox._words()))) == (2450, 4387, 384)


def test_there_are_at_least_twenty_families_besides_those_with_words_of_ours() -> None:
    every = [families.load(name).FAMILY for name in families.names()]
    assert len([family for family in every if not family.substituted]) >= 20
    assert len([family for family in every if family.kind == "words"]) >= 2


@each_family
def test_a_family_is_named_after_its_file_and_names_its_analysis(name: str) -> None:
    family = families.load(name).FAMILY
    assert family.name == name
    assert family.analysis.startswith("https://")


@each_family
def test_a_family_has_twenty_batches_and_five_thousand_distinct_host_names(name: str) -> None:
    made = list(generated(name))[:NAMES_A_FAMILY]
    assert len({domain for domain, _ in made}) == NAMES_A_FAMILY
    assert len({batch for _, batch in made}) >= 20
    assert [domain for domain, _ in made if not HOST_NAME.fullmatch(domain)] == []


@each_family
def test_no_name_is_in_two_batches(name: str) -> None:
    family = families.load(name)
    a_batch = -(-NAMES_A_FAMILY // len(family.BATCHES))
    made = [set(family.domains(batch, a_batch)) for batch in family.BATCHES]
    assert len(set.union(*made)) == sum(map(len, made))


@each_family
def test_a_batch_gives_the_same_names_again_and_fewer_are_its_first(name: str) -> None:
    family = families.load(name)
    batch = family.BATCHES[-1]
    names = family.domains(batch, 20)
    assert family.domains(batch, 20) == names
    assert family.domains(batch, 7) == names[:7]
    assert family.domains(batch, 0) == []


def test_an_unknown_family_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownFamily, match="did you mean 'ramnit'"):
        families.load("ramnitt")
