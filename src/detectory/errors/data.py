"""4: input that cannot be used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from detectory.errors.tree import DataError, did_you_mean


class UnreadableFile(DataError):
    """A file is not in a form that can be read."""

    code, title = "E4001", "A file cannot be read"

    def __init__(self, path: str, *, why: str, line: int | None = None, fix: str) -> None:
        super().__init__(
            f"{path} cannot be read", why=why, where=path if line is None else f"{path}:{line}", fix=fix
        )


class MissingColumn(DataError):
    """A column that is needed is not there."""

    code, title = "E4002", "A column is missing"

    def __init__(self, column: str, *, where: str, known: Iterable[str]) -> None:
        super().__init__(
            f"there is no column '{column}'",
            where=where,
            why=did_you_mean(column, known),
            fix=f"rename the column that holds it to '{column}'",
        )


class ModelUnreadable(DataError):
    """A file holds no model that can be taken from elsewhere."""

    code, title = "E4130", "No model can be read from a file"

    def __init__(self, path: str, *, why: str) -> None:
        super().__init__(
            f"no model can be taken from {path}",
            why=why,
            where=path,
            fix="docs/how-to/import-a-model.md says which files are taken, and how they are made",
        )


class ModelUnfit(DataError):
    """A model from elsewhere does not fit the candidate that it is to be."""

    code, title = "E4131", "A model does not fit"

    def __init__(self, name: str, *, why: str, fix: str) -> None:
        super().__init__(f"the model cannot be the candidate '{name}'", why=why, fix=fix)


class UnlearnableTarget(DataError):
    """Training rows lack a class, so there is nothing to tell apart."""

    code, title = "E4003", "A class has no training rows"

    def __init__(self, missing: Iterable[str], *, rows: int) -> None:
        names = sorted(missing)
        listed = ", ".join(names[:20]) + (f" … and {len(names) - 20} more" if len(names) > 20 else "")
        super().__init__(
            f"no training row is {listed}",
            why=f"a model needs rows of every class, and none of the {rows} rows given is of these",
            fix="add rows of the class, or leave it out of the classes to learn",
        )


class StrayColumn(DataError):
    """A row has a column that the CSV header, which is written already, does not have."""

    code, title = "E4013", "A column comes too late for the header"

    def __init__(self, columns: Iterable[str], *, line: int) -> None:
        super().__init__(
            f"the column {', '.join(columns)} is not in the header that was written",
            why="CSV names its columns once, after the first rows; these rows have more",
            where=f"about line {line} of the input",
            fix="write JSONL, where every row has its own keys: --format jsonl",
        )


class NothingToRead(DataError):
    """The sources gave no row, or the share of them that was asked for is none."""

    code, title = "E4010", "There is nothing to read"

    def __init__(self, detector: str, *, given: Iterable[str], left_out: int = 0) -> None:
        files = ", ".join(given)
        own = "leave --source and --only out to use the detector's own data"
        get = "set a mirror of its data, allow the network (--set network=true), or give files (--source)"
        look = f"look into the files, or {own}" if files else get
        super().__init__(
            f"the sources of '{detector}' gave no row",
            why=f"the sample leaves out all of their {left_out:,} rows" if left_out else "",
            where=files,
            fix="take a larger share: --sample" if left_out else look,
        )


class LabelsMissing(DataError):
    """Rows to be judged have no usable label."""

    code, title = "E4011", "There is nothing to judge by"

    def __init__(self, *, why: str, rows: int) -> None:
        super().__init__(
            f"{rows:,} rows cannot be judged",
            why=why,
            fix="label every row with the negative label (benign) or a family, or name --positive VALUE",
        )


class NothingToLearn(DataError):
    """A table has too little for a detector: rows, classes or columns."""

    code, title = "E4020", "A table has too little to learn from"

    def __init__(self, path: str, *, why: str) -> None:
        super().__init__(
            "no detector can be made of this table",
            why=why,
            where=path,
            fix="add rows, name another column with --label, or keep a dropped one with --keep COLUMN",
        )


class PartLacks(DataError):
    """A part of the split has no row of a side, so that nothing can be learned or judged there."""

    code, title = "E4021", "A part of the split lacks rows"

    def __init__(self, detector: str, lacking: Sequence[str]) -> None:
        super().__init__(
            f"the split of '{detector}' leaves too little: no row is {' or '.join(lacking)}",
            why="groups stay whole and held-out rows only test, so few groups can leave a part empty",
            fix=f"give more rows, or change [split] (parts, order, stratify, held_out) of '{detector}'",
        )


class NothingScored(DataError):
    """Not one row of a file can be scored; the reasons are counted."""

    code, title = "E4012", "Every row is rejected"

    def __init__(self, path: str, *, rows: int, reasons: Mapping[str, int], line: int) -> None:
        counted = ", ".join(f"{reason} ({count:,})" for reason, count in sorted(reasons.items()))
        super().__init__(
            f"not one of the {rows:,} rows of {path} can be scored",
            why=counted,
            where=f"{path}:{line}",
            fix="docs/how-to/score-a-file.md says what each reason means; --input-format names the format",
        )


class NothingGood(DataError):
    """Not one row of a run's sources is good; the reasons are counted."""

    code, title = "E4014", "Every row is quarantined"

    def __init__(self, detector: str, *, rows: int, reasons: Mapping[str, int]) -> None:
        counted = ", ".join(f"{reason} ({count:,})" for reason, count in sorted(reasons.items()))
        super().__init__(
            f"not one of the {rows:,} rows that '{detector}' read can be learned from",
            why=counted,
            fix=f"the card of '{detector}' says what each reason means; give other rows with --source",
        )
