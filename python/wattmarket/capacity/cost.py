"""What new capacity costs: the cost of new entry (CONE) per MWh of IT at every site."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.units import MUSD_PER_KWH_PER_USD_PER_MWH

__all__ = ["SiteCosts", "musd"]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]


def musd(usd_per_mwh: Float) -> Integer:
    """$/MWh to whole micro-$ per kWh."""
    return numeric.to_integer(usd_per_mwh * MUSD_PER_KWH_PER_USD_PER_MWH, "cost")


# Without slots: what is rounded is kept.
@dataclass(frozen=True)
class SiteCosts:
    """Costs of every site that do not change within a month, $/MWh of IT, float64 [S] each.

    Parameters
    ----------
    silicon_usd_per_mwh
        Annualised accelerators of the site's class.
    shell_usd_per_mwh
        Annualised shell, land and grid connection.
    running_usd_per_mwh
        Running cost of the pool less the efficiency credit of its class; may be negative.
    site_usd_per_mwh
        Delivery on top of the zone's price: losses and PUE differences at the reference tariff.
    """

    silicon_usd_per_mwh: Float
    shell_usd_per_mwh: Float
    running_usd_per_mwh: Float
    site_usd_per_mwh: Float

    @property
    def entry_usd_per_mwh(self) -> Float:
        """Cost of new entry before energy: accelerators, shell, connection, running cost and delivery."""
        return self.silicon_usd_per_mwh + self.shell_usd_per_mwh + self.running_usd_per_mwh + self.site_usd_per_mwh

    @property
    def refresh_usd_per_mwh(self) -> Float:
        """Cost of new accelerators in a standing shell, before energy and delivery."""
        return self.silicon_usd_per_mwh + self.running_usd_per_mwh

    @cached_property
    def silicon_musd_per_kwh(self) -> Integer:
        """Annualised accelerators, micro-$ per kWh, read-only int64 [S]."""
        return _kept(self.silicon_usd_per_mwh)

    @cached_property
    def shell_musd_per_kwh(self) -> Integer:
        """Annualised shell, land and grid connection, micro-$ per kWh, read-only int64 [S]."""
        return _kept(self.shell_usd_per_mwh)

    @cached_property
    def running_musd_per_kwh(self) -> Integer:
        """Running cost of the pool less the efficiency credit, micro-$ per kWh, read-only int64 [S]."""
        return _kept(self.running_usd_per_mwh)

    @cached_property
    def site_musd_per_kwh(self) -> Integer:
        """Delivery on top of the zone's price, micro-$ per kWh, read-only int64 [S]."""
        return _kept(self.site_usd_per_mwh)

    @cached_property
    def entry_musd_per_kwh(self) -> Integer:
        """Cost of new entry before energy, micro-$ per kWh, read-only int64 [S]."""
        return _kept(self.entry_usd_per_mwh)

    @cached_property
    def refresh_musd_per_kwh(self) -> Integer:
        """Cost of new accelerators in a standing shell, micro-$ per kWh, read-only int64 [S]."""
        return _kept(self.refresh_usd_per_mwh)


def _kept(usd_per_mwh: Float) -> Integer:
    """Round once, for all who ask: nobody may write there."""
    rounded = musd(usd_per_mwh)
    rounded.setflags(write=False)
    return rounded
