"""Places on the Earth: how far from another they lie, and in which direction.

Goes in: latitude and longitude in degrees (WGS 84). Comes out: kilometres on a sphere, within 0.6 % of
the ellipsoid's.
"""

from __future__ import annotations

from functools import lru_cache
from math import asin, cos, radians, sin, sqrt

__all__ = ["EARTH_KM", "Place", "haversine_km", "offset_km"]

EARTH_KM = 6371.0088  # the mean radius (IUGG)
Place = tuple[float, float]


def haversine_km(one: Place, other: Place) -> float:
    """The great-circle distance of two places, latitude and longitude each.

    The haversine keeps its digits for neighbours, which the law of cosines loses (Sinnott 1984).

    >>> round(haversine_km((42.3555, -71.0605), (42.3954, -71.1425)), 2)
    8.07
    """
    (lat, lon), (to_lat, to_lon) = one, other
    north, east = radians(to_lat - lat), radians(to_lon - lon)
    chord = sin(north / 2) ** 2 + cos(radians(lat)) * cos(radians(to_lat)) * sin(east / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(chord, 1.0)))


@lru_cache(maxsize=1 << 14)  # a network has a few thousand stops
def offset_km(place: Place, centre: Place) -> tuple[float, float, float]:
    """The distance of a place from another, and how far north and east of it the place lies.

    >>> [round(km, 2) for km in offset_km((42.3954, -71.1425), centre=(42.3555, -71.0605))]
    [8.07, 4.44, -6.74]
    """
    north = radians(place[0] - centre[0]) * EARTH_KM
    east = radians(place[1] - centre[1]) * cos(radians(centre[0])) * EARTH_KM
    return haversine_km(place, centre), north, east
