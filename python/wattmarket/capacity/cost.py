"""What new capacity costs: the cost of new entry (CONE) per MWh of IT at every site."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["SiteCosts"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
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
