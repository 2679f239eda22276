"""What features are called: the words that a bundle's own files have for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import copysign, expm1

from detectory.bundle import Opened
from detectory.spec import Spec


@dataclass(frozen=True, slots=True)
class Words:
    """The constants of a ``features.py`` that name what trees read.

    ``names`` are the columns of each tensor; ``said`` is what each feature is, in words; ``categories`` are
    the tensors of ids, with the parsed column whose values they stand for; ``logarithms`` are the columns
    that hold sign(x) · log(1 + |x|) of what people know, or −1 where nothing is said.
    """

    names: Mapping[str, tuple[str, ...]]
    said: Mapping[str, str]
    categories: Mapping[str, str]
    logarithms: Collection[str]

    @classmethod
    def of(cls, bundle: Opened, spec: Spec) -> Words:
        """Those of a bundle; where its code is silent, a field's description speaks."""
        fields = {
            name: each.description for door in spec.doors.values() for name, each in door.fields.items()
        }
        said = bundle.said_of_features
        return cls(
            names=said("NAMES"),
            said={**fields, **said("WORDS")},
            categories=said("CATEGORIES"),
            logarithms=said("LOGARITHMS"),
        )

    def about(self, name: str) -> str:
        """A feature in words; its name where nobody has any.

        >>> Words({}, {"words": "words in it"}, {}, ()).about("words")
        'words in it'
        """
        return self.said.get(name, name.replace("_", " "))

    def plain(self, name: str, number: float) -> float | None:
        """The value of a column as people know it, to six digits.

        >>> Words({}, {}, {}, {"bytes"}).plain("bytes", 4.615120516841259)
        100.0
        """
        if name not in self.logarithms:
            return float(f"{number:.6g}")
        return None if number == -1 else float(f"{copysign(expm1(abs(number)), number):.6g}")
