"""A scorer: an opened bundle, ready to answer. What every task has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import ClassVar

from detectory.bundle import Opened
from detectory.runtime.answers import DIGITS, Answers
from detectory.runtime.golden import reproduce
from detectory.runtime.heads import Head
from detectory.runtime.trees import Trees
from detectory.schema import Features, Parsed, Rows
from detectory.spec import Spec, read_spec

DOORS = 64  # how many sets of columns are remembered: files may have any


class Scorer(ABC):
    """An opened bundle, ready to score. Immutable, safe to share between threads.

    ``ANSWER`` are the names that a record has besides the fields that were sent; ``DECIDES`` is the head
    whose answer decides, and is explained. ``digits`` is how many digits of a score or value people see.
    """

    ANSWER: ClassVar[tuple[str, ...]]
    DECIDES: ClassVar[str]
    spec: Spec

    def __init__(self, bundle: Opened, *, version: str, digits: int = DIGITS) -> None:
        self.bundle, self.version, self.digits = bundle, version, digits
        heads = bundle.manifest.heads
        self._heads = {name: Head(bundle.files[head.file], name=head.file) for name, head in heads.items()}
        self._parse, self._features = bundle.parse, bundle.features
        asked, read = (
            bundle.said_of_features("BY_REQUEST"),
            {name for head in heads.values() for name in head.inputs},
        )
        self._by_request = tuple((name, make) for name, make in asked.items() if name in read)
        self._doors = dict[tuple[str, ...], str]()

    def parse(self, rows: Rows) -> Parsed:
        """The entities of the rows and those rejected, by the bundle's own ``parse``."""
        return self._parse(rows, door=self.door_of(rows))

    def door_of(self, rows: Rows) -> str:
        """The door through which columns come; of eighty fields it is looked for only once."""
        names = tuple(rows)
        found = self._doors.get(names)
        if found is None:
            found = self.spec.door_of(names)
            if len(self._doors) < DOORS:
                self._doors[names] = found
        return found

    def tells(self, rows: Rows) -> list[str]:
        """The columns of an entity that an answer to these rows holds besides the score."""
        return self.spec.doors[self.door_of(rows)].tells

    def features(self, rows: Rows) -> Features:
        """The tensors of the rows that parse: name → array whose first axis is the entity."""
        return self.features_of(self.parse(rows))

    def features_of(self, parsed: Parsed) -> Features:
        """The tensors of entities that were parsed before; those by request only if a head reads them."""
        found = self._features(parsed.rows)
        for name, make in self._by_request:
            found[name] = make(parsed.rows)
        return found

    @property
    def of_trees(self) -> bool:
        """Whether the head that decides is made of trees, and its bundle brings them."""
        return bool(self.bundle.manifest.heads[self.DECIDES].trees)

    @cached_property
    def trees(self) -> Trees | None:
        """The trees of the head that decides; None where it is made of something else.

        They are opened when they are first asked for. Raises `BundleRefused` for tables that are no trees.
        """
        file = self.bundle.manifest.heads[self.DECIDES].trees
        return Trees(self.bundle.files[file], name=file) if file else None

    def score(self, rows: Rows) -> Answers:
        """Score rows: columns of a door's fields, equally long."""
        return self.score_parsed(self.parse(rows)).telling(self.tells(rows))

    @abstractmethod
    def score_parsed(self, parsed: Parsed, features: Features | None = None) -> Answers:
        """Score entities that were parsed before; ``features`` are theirs, where they are known already."""

    def forget_graphs(self) -> None:
        """Let go of the heads' bytes, of which their sessions made tables of their own: nobody reads them."""
        self.bundle = self.bundle.without(head.file for head in self.bundle.manifest.heads.values())
        for head in self._heads.values():
            head.forget_graph()

    def check_golden(self) -> int:
        """Score the golden rows again and compare; gives how many there are.

        Raises `GoldenMismatch` when a tensor or an answer is not what was judged.
        """
        golden = self.bundle.json("golden.json")
        return reproduce(golden, self.score, self.features, where=self.bundle.where)


def spec_of(bundle: Opened) -> Spec:
    """The words of the bundle's own ``detector.toml``."""
    return read_spec(bundle.files["detector.toml"].decode(), where=f"{bundle.where}/detector.toml")
