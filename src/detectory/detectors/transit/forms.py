"""The forms in which delays are published, and how their columns were called from one month to the next.

A header goes in; a `Reading` comes out: which column is which, what was renamed, and what nobody declared.
A rename is an alias declared here, never a guess: a column of another name is unknown, counted, and not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from detectory.errors import UnreadableFile

Spellings = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Form:
    """A published table: whose rows, what its figure measures, and how its columns are spelled.

    ``spellings`` gives for each of our names those of the files, the present one first; ``needed`` are those
    of our names without which a file is of another form; ``unread`` are columns that are known and of no use,
    or known only after the event; ``route`` is that of all rows where no column says it.
    """

    name: str
    network: str
    measure: str
    spellings: Spellings
    needed: frozenset[str]
    unread: frozenset[str] = frozenset()
    route: str | None = None

    def reading(self, header: Iterable[str]) -> Reading | None:
        """How a table with this header is read; None where it is of another form.

        >>> reading = INCIDENTS.reading(["Report Date", "Line", "Time", "Location", "Delay", "Gap", "Mood"])
        >>> reading.renamed
        {'Report Date': 'Date', 'Line': 'Route', 'Delay': 'Min Delay', 'Gap': 'Min Gap'}
        >>> reading.unknown
        ['Mood']
        """
        found = {_plain(column): column for column in header}
        columns = {ours: spelled for ours in self.spellings if (spelled := self._spelled(ours, found))}
        if not self.needed <= set(columns):
            return None
        renamed = {
            column: self.spellings[ours][0]
            for ours, column in columns.items()
            if column != self.spellings[ours][0]
        }
        known = {*columns.values(), *(column for plain, column in found.items() if plain in self.unread)}
        return Reading(self, columns, renamed, [column for column in found.values() if column not in known])

    def _spelled(self, ours: str, found: Mapping[str, str]) -> str | None:
        return next((found[_plain(name)] for name in self.spellings[ours] if _plain(name) in found), None)


@dataclass(frozen=True, slots=True)
class Reading:
    """How one table is read: ``columns`` are the file's names by ours."""

    form: Form
    columns: Mapping[str, str]
    renamed: Mapping[str, str]
    unknown: list[str]


PLACED: dict[str, tuple[str, ...]] = {"stop_lat": ("stop_lat",), "stop_lon": ("stop_lon",)}
AUCKLAND = Form(
    name="auckland",
    network="auckland",
    measure="delay",
    spellings=PLACED
    | {
        "time": ("observed_at_utc",),
        "route": ("route",),
        "stop": ("stop_id",),
        "event": ("event",),
        "delay_min": ("delay_minutes",),
    },
    needed=frozenset({"time", "route", "stop", "delay_min"}),
    unread=frozenset({"stop_name", "parent_station"}),
)
SUBWAY = Form(
    name="mbta_subway",
    network="mbta",
    measure="delay",
    route="RED",  # the file has no column of it: all its trains are of the Red Line
    spellings={
        "time": ("time_stamp",),
        "stop": ("stop_id",),
        "stop_lat": ("destination_latitude",),
        "stop_lon": ("destination_longitude",),
        "delay_min": ("delay",),
    },
    needed=frozenset({"time", "stop", "delay_min"}),
    # the actual arrival is known only when the train has come
    unread=frozenset({"actual_arrival_time", "scheduled_time", "vehicle_id", "current_status"})
    | {"current_latitude", "current_longitude", "destination", "platform_name"}
    | {"trip_name", "trip_id", "sch_stop_id", "sch_trip_id"},
)
INCIDENTS = Form(
    name="ttc_bus",
    network="ttc",
    measure="incident",
    spellings={
        "date": ("Date", "Report Date"),
        "clock": ("Time",),
        "route": ("Route", "Line"),
        "stop": ("Location",),
        "delay_min": ("Min Delay", "Delay"),
        "gap_min": ("Min Gap", "Gap"),
        "direction": ("Direction", "Bound"),
    },
    needed=frozenset({"date", "clock", "route", "delay_min", "gap_min"}),
    unread=frozenset({"day", "incident", "vehicle"}),
)
SEGMENTS = Form(
    name="mbta_segments",
    network="mbta",
    measure="travel_time",
    spellings={
        "time": ("time",),
        "route": ("line",),
        "stop": ("pair",),
        "delay_min": ("minutes",),
    },
    needed=frozenset({"time", "route", "stop", "delay_min"}),
)
LATE_FLAGS = Form(
    name="mbta_bus",
    network="mbta",
    measure="flag",
    spellings={"route": ("route_encoded",), "stop": ("stop_sequence",), "late": ("is_delayed",)},
    needed=frozenset({"route", "stop", "late"}),
    unread=frozenset({"hour", "day_of_week", "is_weekend", "is_peak", "direction_encoded"})
    | {"point_type_encoded", "standard_type_encoded", "has_actual", "scheduled_headway_minutes"}
    | {"scheduled_headway_missing", "is_rainy", "is_snowy", "tmax", "tmin", "prcp", "snow", "awnd"},
)
OWN = Form(
    name="given",
    network="",
    measure="",
    spellings=PLACED
    | {
        "network": ("network", "agency"),
        "time": ("time", "timestamp", "observed_at"),
        "route": ("route", "route_id", "line"),
        "stop": ("stop", "stop_id"),
        "event": ("event",),
        "measure": ("measure",),
        "delay_min": ("delay_min", "delay_minutes", "delay"),
        "last_delay_min": ("last_delay_min",),
        "last_delay_age_min": ("last_delay_age_min",),
        "near_delay_min": ("near_delay_min",),
        "route_delay_min": ("route_delay_min",),
        "network_delay_min": ("network_delay_min",),
    },
    needed=frozenset({"network", "time", "route", "stop", "delay_min"}),
)
FORMS = (OWN, AUCKLAND, SUBWAY, INCIDENTS, SEGMENTS, LATE_FLAGS)


def reading_of(header: Iterable[str], *, where: str) -> Reading:
    """How a table is read, by the first form that its header fits. Raises `UnreadableFile` for none.

    >>> reading_of(["observed_at_utc", "route", "stop_id", "delay_minutes"], where="x.csv").form.name
    'auckland'
    """
    names = list(header)
    fitting = (reading for form in FORMS if (reading := form.reading(names)))
    if found := next(fitting, None):
        return found
    why = f"its columns are of no form that is known: {', '.join(names)[:200]}"
    needed = ", ".join(sorted(OWN.needed))
    raise UnreadableFile(where, why=why, fix=f"name its columns {needed}, or declare the form in forms.py")


def _plain(name: str) -> str:
    """Case and blanks are no difference.

    >>> _plain(" Min  Delay ")
    'min delay'
    """
    return " ".join(name.casefold().split())
