"""The tables of the ledger. Times are Unix seconds; what happened is added, never changed.

A label that was taken back stays where it is, beside the retraction that names it.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Float,
    Index,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

#: which shape of the tables a database has; `schema.UPGRADES` leads from each to the next
versions = Table("ledger", metadata, Column("schema", Integer, primary_key=True))

#: what was answered; ``row`` is what was sent, ``level`` the score or the value as it was told, ``share``
#: the probability with which a row like this one is kept, so that rates can be weighted
predictions = Table(
    "predictions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", Float, nullable=False),
    Column("detector", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("row", JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    Column("level", Float),
    Column("alert", Boolean),
    Column("label", Text),
    Column("low", Float),
    Column("high", Float),
    Column("request_id", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("share", Float, nullable=False),
    Index("predictions_by_time", "at"),
    sqlite_with_rowid=False,  # one tree instead of two: ids of one process ascend
)

#: what the other version of a trial says of the same row
shadows = Table(
    "shadows",
    metadata,
    Column("prediction_id", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("level", Float),
    Column("alert", Boolean),
    Column("label", Text),
    sqlite_with_rowid=False,
)

#: labels; ``id`` names the event among all, ``who`` is the id of a key or a user, ``batch`` an import
feedback = Table(
    "feedback",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("prediction_id", Text, nullable=False),
    Column("detector", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("batch", Text, nullable=False),
    Column("source", Text, nullable=False),
    Index("feedback_by_prediction", "prediction_id"),
    sqlite_autoincrement=True,  # a number is never given twice, whatever was purged
)

#: what takes labels back: one, those of a batch, or those of a key; none that came after ``upto``
retractions = Table(
    "retractions",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("feedback_seq", Integer),
    Column("batch", Text),
    Column("key", Text),
    Column("upto", Integer, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("reason", Text, nullable=False),
    sqlite_autoincrement=True,
)

#: labels that were refused because the same event had said another
refusals = Table(
    "refusals",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("feedback_seq", Integer, nullable=False),
    Column("prediction_id", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Float, nullable=False),
    sqlite_autoincrement=True,
)

#: who may ask; of the secret there is only the digest
keys = Table(
    "keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created", Float, nullable=False),
    Column("expires", Float),
    Column("revoked", Float),
)


def stands() -> ColumnElement[bool]:
    """Whether a label has not been taken back."""
    named = or_(
        retractions.c.feedback_seq == feedback.c.seq,
        retractions.c.batch == feedback.c.batch,
        retractions.c.key == feedback.c.who,
    )
    return ~exists().where(retractions.c.upto >= feedback.c.seq, named)


def differ() -> ColumnElement[bool]:
    """Whether two versions say different things of a row: of an alert or its name, or another number."""
    return or_(
        predictions.c.alert.is_distinct_from(shadows.c.alert),
        predictions.c.label.is_distinct_from(shadows.c.label),
        and_(predictions.c.alert.is_(None), predictions.c.level != shadows.c.level),
    )


def newest() -> Select[tuple[int]]:
    """The number of the label that counts for each prediction: the newest that stands."""
    return select(func.max(feedback.c.seq)).where(stands()).group_by(feedback.c.prediction_id)
