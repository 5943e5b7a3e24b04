"""The heating pad on a knee: four lumps of heat that the simulator steps every tick.

    heater -> element -> pad -> skin -> core (37 °C; through tissue, and by blood)
                          |      ^
                          |      infrared lamp, where there is one
                          +-> ambient (through the cover)

A folded pad has a hot spot: a place with an element, a pad and a skin lump of its own, whose ways from the pad into the
room and into the skin are insulated so many times as well (three in the safety case: its own layers lie over it, and it
sits badly). Assumed for want of a measurement, and always on the warm side: it gets the same power per area as the
rest, and nothing flows sideways out of it. How large it is does not matter then; blood flow is that of its own skin.
No control that does not see it can be safe there: in a cold room the flat part loses to the room what the hot spot
keeps, and skin in it gets 5 degrees warmer than outside. So each of the two sensors is a row of NTCs, the hottest of
which counts, and one of them lies in the fold.

Only + - * / and comparisons, in a fixed order: CPython and MicroPython give the same bits. "Safety case" below is the
range of plants for which the project claims its skin temperature limits; where a number is our estimate its arithmetic
stands beside it. Areas are those of the reference pad, 160 cm² = 0.016 m².
"""

# Lowest and highest plausible value; the sources are beside the defaults in HeatParams.
HEAT_RANGES = (
    ("pad_w", 4.0, 10.0),
    ("lamp_w", 1.0, 1.5),
    ("ambient_c", 15.0, 35.0),
    ("core_c", 36.0, 37.5),
    ("pad_total_j_k", 20.0, 80.0),
    ("element_j_k", 2.0, 8.0),
    ("element_pad_w_k", 0.8, 6.0),
    ("contact_w_k", 0.5, 3.0),
    ("cover_w_k", 0.05, 0.3),
    ("skin_j_k", 60.0, 300.0),
    ("tissue_w_k", 0.05, 0.3),
    ("perfusion_rest_w_k", 0.01, 0.2),
    ("perfusion_max_w_k", 0.2, 1.7),
    ("dilation_start_c", 32.0, 35.0),
    ("dilation_full_c", 40.0, 43.0),
)


class HeatParams:
    """What one pad on one knee is like; change attributes before handing it to Heat."""

    def __init__(self) -> None:
        # W at 5.0 V. Safety case. With the supply's +-10 % the true power is +21 % or -19 %.
        self.pad_w = 8.0
        # W of light at 5.0 V. Our choice for the lamp, weak on purpose: never switched off, with the least blood flow
        # and the highest supply, it brings skin to 1.21 x 1.5 / (0.05 + 0.2 + 0.05 W/K) = 6.1 degrees above the core.
        self.lamp_w = 1.5
        # °C. Safety case.
        self.ambient_c = 22.0
        # °C. Textbook core temperature; deep tissue at a knee is often a degree or more cooler.
        self.core_c = 37.0
        # J/K, element and pad together. Range: safety case. Estimate: 160 cm² x 2 mm of silicone and fabric,
        # 32 cm³ x 1.1 g/cm³ x 1.2 J/gK = 42.
        self.pad_total_j_k = 40.0
        # J/K. Estimate: 160 cm² x 0.15 mm of polyimide film, 2.4 cm³ x 1.4 g/cm³ x 1.1 J/gK = 3.7.
        self.element_j_k = 4.0
        # W/K. Estimate: 0.016 m² x 0.1 W/mK (between fabric 0.05 and silicone 0.2) / 0.8 mm = 2.0.
        self.element_pad_w_k = 2.0
        # W/K, pad to skin. Safety case, 0.5 loose to 3 strapped tight; worn well about 1.5. Zero: taken off.
        self.contact_w_k = 1.5
        # W/K, pad to ambient. Estimate: 3 mm of fleece 0.003 / 0.05 = 0.06 m²K/W, and still air
        # 1 / 8.3 W/m²K = 0.12 (ASHRAE's indoor surface film); 0.016 m² / 0.18 m²K/W = 0.089.
        self.cover_w_k = 0.09
        # J/K. Estimate: the outer 2 mm under the pad, 32 cm³ x 1.1 g/cm³ x 3.4 J/gK = 120.
        self.skin_j_k = 120.0
        # W/K, skin to core without blood flow. Gagge's two-node model: 5.28 W/m²K x 0.016 m² = 0.084.
        self.tissue_w_k = 0.085
        # W/K, blood flow to unheated skin, as Pennes (1948) writes it: flow x heat capacity x (T - T core).
        # Gagge: 6.3 L/m²h x 1.163 Wh/LK x 0.016 m² = 0.117; his lower bound 0.5 L/m²h gives 0.01.
        self.perfusion_rest_w_k = 0.12
        # W/K, with vessels fully open. Estimate for a knee: five times rest. High end: Gagge's bound of
        # 90 L/m²h, 1.67; low end: hardly any widening, as with age or vascular disease.
        self.perfusion_max_w_k = 0.6
        # °C, skin temperature at which vessels begin to widen. Neutral skin is 33 to 34 (ASHRAE, Fiala).
        self.dilation_start_c = 33.0
        # °C, fully open: local warming to 42 is the usual way to get the largest flow in the laboratory.
        self.dilation_full_c = 42.0


class Heat:
    """Temperatures of heating element, pad and skin in °C; starts settled, worn, flat and unheated.

    `contact_w_k` (0: the pad is off the skin), `cover_w_k`, `pad_j_k` and `ambient_c` may be changed at any time, and
    the pad folded. `fold_times` is 0.0 while it is flat.
    """

    def __init__(self, params: HeatParams) -> None:
        self.contact_w_k = params.contact_w_k
        self.ambient_c = params.ambient_c
        self._core_c = params.core_c
        self._element_j_k = params.element_j_k
        self.pad_j_k = params.pad_total_j_k - params.element_j_k
        self._skin_j_k = params.skin_j_k
        self._element_pad_w_k = params.element_pad_w_k
        self.cover_w_k = params.cover_w_k
        self._tissue_w_k = params.tissue_w_k
        self._rest_w_k = params.perfusion_rest_w_k
        self._max_w_k = params.perfusion_max_w_k
        self._start_c = params.dilation_start_c
        self._full_c = params.dilation_full_c
        self._per_c = (self._max_w_k - self._rest_w_k) / (self._full_c - self._start_c)
        self.element_c = 0.0
        self.pad_c = 0.0
        self.skin_c = 0.0
        self.fold_times = 0.0
        self.fold_element_c = 0.0
        self.fold_pad_c = 0.0
        self.fold_skin_c = 0.0
        self.settle(0.0)

    def perfusion_w_k(self, skin_c: float) -> float:
        """What blood carries per kelvin above core, W/K: rises with skin temperature, within two bounds."""
        if skin_c <= self._start_c:
            return self._rest_w_k
        if skin_c >= self._full_c:
            return self._max_w_k
        return self._rest_w_k + self._per_c * (skin_c - self._start_c)

    def to_core_w(self, skin_c: float) -> float:
        """Heat that tissue and blood carry from skin at `skin_c` to the core, W; negative if it is cooler."""
        return (self._tissue_w_k + self.perfusion_w_k(skin_c)) * (skin_c - self._core_c)

    def step(self, dt_s: float, heater_w: float) -> None:
        """Advance by `dt_s` seconds with `heater_w` watts; stable up to 0.2 s for every plausible plant."""
        # Few locals on purpose: above 11 words MicroPython takes a call's frame from the heap, and the
        # search for free memory after that made this step 8 times slower there.
        to_pad_w = self._element_pad_w_k * (self.element_c - self.pad_c)
        to_skin_w = self.contact_w_k * (self.pad_c - self.skin_c)
        self.element_c += dt_s * (heater_w - to_pad_w) / self._element_j_k
        to_pad_w -= to_skin_w + self.cover_w_k * (self.pad_c - self.ambient_c)
        self.pad_c += dt_s * to_pad_w / self.pad_j_k
        to_skin_w -= self.to_core_w(self.skin_c)
        self.skin_c += dt_s * to_skin_w / self._skin_j_k
        if self.fold_times:
            self._step_fold(dt_s, heater_w)

    def _step_fold(self, dt_s: float, heater_w: float) -> None:
        # As above, each number for a place as large as the whole pad.
        to_pad_w = self._element_pad_w_k * (self.fold_element_c - self.fold_pad_c)
        to_skin_w = self.contact_w_k / self.fold_times * (self.fold_pad_c - self.fold_skin_c)
        self.fold_element_c += dt_s * (heater_w - to_pad_w) / self._element_j_k
        to_pad_w -= to_skin_w + self.cover_w_k / self.fold_times * (self.fold_pad_c - self.ambient_c)
        self.fold_pad_c += dt_s * to_pad_w / self.pad_j_k
        to_skin_w -= self.to_core_w(self.fold_skin_c)
        self.fold_skin_c += dt_s * to_skin_w / self._skin_j_k

    def fold(self, times: float) -> None:
        """Fold the pad: a hot spot insulated so many times begins as warm as the rest; 0.0: lay it flat again."""
        if times and not self.fold_times:
            self.fold_element_c = self.element_c
            self.fold_pad_c = self.pad_c
            self.fold_skin_c = self.skin_c
        self.fold_times = times

    def hottest_skin_c(self) -> float:
        """Return the true skin temperature where it is highest, °C."""
        if self.fold_times and self.fold_skin_c > self.skin_c:
            return self.fold_skin_c
        return self.skin_c

    def hottest_pad_c(self) -> float:
        """Return the true pad temperature where it is highest, °C."""
        if self.fold_times and self.fold_pad_c > self.pad_c:
            return self.fold_pad_c
        return self.pad_c

    def shine(self, dt_s: float, lamp_w: float) -> None:
        """Let infrared light of `lamp_w` watts fall on the skin for `dt_s` seconds; all of it is taken up there."""
        self.skin_c += dt_s * lamp_w / self._skin_j_k
        self.fold_skin_c += dt_s * lamp_w / self._skin_j_k

    def settle(self, heater_w: float) -> None:
        """Set all temperatures to where they would come to rest with `heater_w` watts, 0 W or more."""
        self.skin_c, self.pad_c = self._rest(heater_w, self.contact_w_k, self.cover_w_k)
        self.element_c = self.pad_c + heater_w / self._element_pad_w_k
        if self.fold_times:
            contact_w_k = self.contact_w_k / self.fold_times
            self.fold_skin_c, self.fold_pad_c = self._rest(heater_w, contact_w_k, self.cover_w_k / self.fold_times)
            self.fold_element_c = self.fold_pad_c + heater_w / self._element_pad_w_k

    def _rest(self, heater_w: float, contact_w_k: float, cover_w_k: float) -> "tuple[float, float]":
        """Return where skin and pad come to rest."""
        source_w = heater_w + cover_w_k * self.ambient_c
        # The heat flowing into the skin falls as the skin gets warmer, so halving finds where it is zero.
        low_c = min(self.ambient_c, self._core_c)
        high_c = max(self.ambient_c, self._core_c) + heater_w / self._tissue_w_k
        for _ in range(60):
            skin_c = (low_c + high_c) / 2.0
            pad_c = (source_w + contact_w_k * skin_c) / (contact_w_k + cover_w_k)
            if contact_w_k * (pad_c - skin_c) > self.to_core_w(skin_c):
                low_c = skin_c
            else:
                high_c = skin_c
        return skin_c, pad_c
