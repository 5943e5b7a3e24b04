"""How cold and how warm pad and skin can be at all: one lump of heat each, stepped once a second, that takes each part
of the safety case's range at the end that pushes it furthest.

What drives them is measured: the pad's lower bound by the heat that was delivered and by the skin, the skin's two
bounds by the pad. So a bound and the sensor it judges never see each other, except when `start` sets them equal.

Integers: micro-degrees, milliwatts, milliwatts per kelvin, joules per kelvin. A milliwatt for a millisecond is a
microjoule, and warms one joule per kelvin by a micro-degree; no product leaves 30 bits.
"""

from micropython import const

from massager.core import limits

# The safety case's extremes, as docs/plant.md has them. Deep tissue and blood together: 0.05 to 0.3 and 0.01 to 1.7.
CONTACT_LEAST_MW_K = const(500)
CONTACT_MOST_MW_K = const(3000)
COVER_MOST_MW_K = const(300)
AMBIENT_LEAST_MC = const(15000)
CORE_LEAST_MC = const(36000)
CORE_MOST_MC = const(37500)
TO_CORE_LEAST_MW_K = const(60)
TO_CORE_MOST_MW_K = const(2000)
SKIN_LEAST_J_K = const(60)
SKIN_MOST_J_K = const(300)
LAMP_MOST_MW = const(2000)

# Of the board's pad: heater and supply together give at least and at most so much of what it states, and so does its
# heat capacity.
LEAST_PM = const(700)
MOST_PM = const(1300)


def flow_mw(from_mc: int, to_mc: int, down_mw_k: int, up_mw_k: int) -> int:
    """Return the heat that flows to `to_mc`: through up_mw_k if it warms it, through down_mw_k if it cools it."""
    if from_mc > to_mc:
        return (from_mc - to_mc) * up_mw_k // 1000
    return -((to_mc - from_mc) * down_mw_k // 1000)


def least_to_pad_mw(mc: int, skin_mc: int) -> int:
    """Return the least heat that a pad at mc can take up from skin and room."""
    mw = flow_mw(skin_mc, mc, CONTACT_MOST_MW_K, CONTACT_LEAST_MW_K)
    return mw - max(0, mc - AMBIENT_LEAST_MC) * COVER_MOST_MW_K // 1000


def least_to_skin_mw(mc: int, pad_mc: int) -> int:
    """Return the least heat that skin at mc can take up from pad and core."""
    mw = flow_mw(pad_mc, mc, CONTACT_MOST_MW_K, CONTACT_LEAST_MW_K)
    return mw + flow_mw(CORE_LEAST_MC, mc, TO_CORE_MOST_MW_K, TO_CORE_LEAST_MW_K)


def most_to_skin_mw(mc: int, pad_mc: int) -> int:
    """Return the most heat that skin at mc can take up from pad and core."""
    mw = flow_mw(pad_mc, mc, CONTACT_LEAST_MW_K, CONTACT_MOST_MW_K)
    return mw + flow_mw(CORE_MOST_MC, mc, TO_CORE_LEAST_MW_K, TO_CORE_MOST_MW_K)


class Bounds:
    """pad_least_mc, skin_least_mc and skin_most_mc of a healthy device. The board states its pad in mW and mJ/K."""

    def __init__(self, pad_mw: int, pad_mj_k: int) -> None:
        self._heater_least_mw = pad_mw * LEAST_PM // 1000
        self._pad_least_j_k = pad_mj_k // 1000 * LEAST_PM // 1000
        self._pad_most_j_k = pad_mj_k // 1000 * MOST_PM // 1000
        self._pad_least_uc = 0
        self._skin_least_uc = 0
        self._skin_most_uc = 0
        self.pad_least_mc = 0
        self.skin_least_mc = 0
        self.skin_most_mc = 0

    def start(self, skin_mc: int, pad_mc: int) -> None:
        """Begin anew from what is measured, which nothing is known to speak against."""
        self.pad_least_mc = pad_mc
        self.skin_least_mc = skin_mc
        self.skin_most_mc = skin_mc
        self._pad_least_uc = pad_mc * 1000
        self._skin_least_uc = skin_mc * 1000
        self._skin_most_uc = skin_mc * 1000

    def is_pad_cold(self, pad_mc: int) -> bool:
        """Return True if the pad reads colder than it can be after all the heat it was given (SAF-09, SAF-13)."""
        return pad_mc < self.pad_least_mc - limits.PAD_BELOW_MC

    def is_skin_warm(self, skin_mc: int) -> bool:
        """Return True if the skin reads warmer than such a pad can make it (SAF-13)."""
        return skin_mc > self.skin_most_mc + limits.SKIN_ABOVE_MC

    def is_skin_cold(self, skin_mc: int) -> bool:
        """Return True if the skin reads colder than skin under such a pad can be (SAF-17)."""
        return skin_mc < self.skin_least_mc - limits.SKIN_BELOW_MC

    def step(self, dt_ms: int, heater_ms: int, lamp_ms: int, skin_mc: int, pad_mc: int) -> None:
        """Let dt_ms, 1000 to 1200, pass, of which heater and lamp were on so long, at these temperatures."""
        self._move_pad(least_to_pad_mw(self.pad_least_mc, skin_mc) * dt_ms + self._heater_least_mw * heater_ms)
        self._move_skin_least(least_to_skin_mw(self.skin_least_mc, pad_mc) * dt_ms)
        self._move_skin_most(most_to_skin_mw(self.skin_most_mc, pad_mc) * dt_ms + LAMP_MOST_MW * lamp_ms)

    def _move_pad(self, uj: int) -> None:
        self._pad_least_uc += uj // (self._pad_most_j_k if uj > 0 else self._pad_least_j_k)
        self.pad_least_mc = self._pad_least_uc // 1000

    def _move_skin_least(self, uj: int) -> None:
        self._skin_least_uc += uj // (SKIN_MOST_J_K if uj > 0 else SKIN_LEAST_J_K)
        self.skin_least_mc = self._skin_least_uc // 1000

    def _move_skin_most(self, uj: int) -> None:
        self._skin_most_uc += uj // (SKIN_LEAST_J_K if uj > 0 else SKIN_MOST_J_K)
        self.skin_most_mc = self._skin_most_uc // 1000
