"""Market values of the living market: what energy costs a quote, and how far the ends of prices reach."""

from __future__ import annotations

import numpy as np
import polars as pl

from tests.unit.living_world import model_of, played
from wattmarket.forward import ForwardCorner
from wattmarket.living import WattMarketModel
from wattmarket.units import MUSD_PER_USD

CORNERS: tuple[ForwardCorner, ForwardCorner] = ("land_low", "silicon_low")
ENDS = ("value_low_usd_per_mw", "value_usd_per_mw", "value_high_usd_per_mw")
DEAR_MUSD_PER_KWH = 5_000_000
"""A month's price of power where there is none left: $5,000/MWh."""


def quoted_price(model: WattMarketModel) -> np.ndarray:
    """What a package costs at every site beside its land, float64 [S]."""
    model.desk.open([])
    return np.array(model.desk.view.price[: len(model.economy.rows.site_key)])


def test_a_month_of_scarce_power_is_capitalised_where_no_contract_can_be_had() -> None:
    model = played(3)
    sites, building = model.economy.ground.sites, model.economy.building
    before = quoted_price(model)
    model.economy.lmp_musd_per_kwh = np.full_like(model.economy.lmp_musd_per_kwh, DEAR_MUSD_PER_KWH)
    after = quoted_price(model)
    contracted = np.isfinite(building.ppa_price())[sites.zone]
    assert np.count_nonzero(contracted & ~sites.edge) > 0
    assert (after[sites.edge] > before[sites.edge] + 3_000).all()
    assert (after[~sites.edge & contracted] < before[~sites.edge & contracted] + 1_000).all()
    assert (after[~sites.edge & ~contracted] > before[~sites.edge & ~contracted] + 3_000).all()


def test_ends_of_values_follow_the_ends_of_prices() -> None:
    model = model_of(24)
    sites, wide = len(model.economy.rows.site_key), 0
    while model.running:
        model.step()
        awards, lots = model.economy.auction, model.desk.view.lots
        assert awards is not None, "every month of this world has an auction"
        low, high = model.economy.price_ends(awards, lots)
        clearing = awards.clearing
        shifts: dict[int, list[float]] = {}
        for lot in set(clearing.award_columns()["lot"].tolist()):
            site = int(lots.site[awards.lot_of[lot]])
            for corner in CORNERS:
                shift = clearing.price("land", corner)[lot] - clearing.price("land")[lot]
                shifts.setdefault(site, [0.0]).append(int(shift) / MUSD_PER_USD)
        for site in range(sites):
            ends = shifts.get(site)
            if ends is None:
                silicon = model.economy.ground.sites.silicon[site]
                left = [clearing.price("silicon")[silicon] - clearing.price("silicon", end)[silicon] for end in CORNERS]
                ends = (
                    [0.0, *(change / MUSD_PER_USD for change in left)] if clearing.quoted("silicon")[silicon] else [0.0]
                )
            assert (low[site], high[site]) == (min(ends), max(ends))
        wide += sum(max(ends) > min(ends) for ends in shifts.values())
    assert wide > 0
    assert model.record is not None
    values = pl.DataFrame({name: model.record.tables["sites"][name] for name in ENDS})
    assert (values[ENDS[0]] <= values[ENDS[1]]).all()
    assert (values[ENDS[1]] <= values[ENDS[2]]).all()
