"""Units and conversion factors, each declared once.

Power is kW of installed IT unless "grid" is written. Inside the engine money is integer micro-dollars per kWh
and power integer kW; everything else is real 2025 US$ in floats.
"""

from __future__ import annotations

from typing import Final

HOURS_PER_YEAR: Final = 8_760
HOURS_PER_MONTH: Final = 730
MONTHS_PER_YEAR: Final = 12
KW_PER_MW: Final = 1_000
KW_PER_GW: Final = 1_000_000

MUSD_PER_USD: Final = 1_000_000
"""Micro-dollars in a dollar."""

MUSD_PER_KWH_PER_USD_PER_MWH: Final = 1_000
"""1 $/MWh is 1,000 micro-dollars per kWh."""

USD_PER_MW_MONTH_PER_MUSD_PER_KWH: Final = HOURS_PER_MONTH * KW_PER_MW / MUSD_PER_USD
"""One micro-dollar per kWh, earned by a megawatt for a month of 730 hours: 0.73 $."""

USD_PER_KW_MONTH_PER_USD_PER_MWH: Final = HOURS_PER_MONTH / KW_PER_MW
"""1 $/MWh through all 730 hours of a month is 0.73 $ per kW and month."""

USD_PER_KW_MONTH_PER_MUSD_PER_KWH: Final = HOURS_PER_MONTH / MUSD_PER_USD

MUSD_PER_KW_MONTH_PER_USD_PER_MWH: Final = HOURS_PER_MONTH * MUSD_PER_KWH_PER_USD_PER_MWH
"""1 $/MWh is 730,000 micro-dollars per kW and month."""
