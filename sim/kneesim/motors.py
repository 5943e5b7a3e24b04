"""The roller's gear motor and the vibration motors: drive in, speed and current out.

A brushed motor's current is (supply - back-EMF) / winding resistance: highest when it starts or is held,
lower as it gains speed. It turns when the current is worth more torque than friction and load take, and that
balance gives the steady speed, so one set of three currents describes speed, load and stall alike. All the
numbers are our estimates for small 5 V motors of the reference hardware's power (roller 2.5 W, vibration 1 W
together), to be replaced by those of the parts on the bench.
"""

# Lowest and highest plausible value; the reasons are beside the defaults.
ROLLER_RANGES = (
    ("max_rpm", 30.0, 60.0),
    ("free_ma", 100.0, 200.0),
    ("load_ma", 100.0, 400.0),
    ("stall_ma", 700.0, 1400.0),
    ("limit_ma", 887.0, 1602.0),
    ("lag_s", 0.04, 0.2),
)
SIDE_RANGES = (
    ("min_hz", 15.0, 30.0),
    ("max_hz", 80.0, 120.0),
    ("dead_pm", 200.0, 300.0),
    ("run_ma", 70.0, 130.0),
    ("stall_ma", 120.0, 250.0),
    ("lag_s", 0.04, 0.15),
)


def _follow(value: float, target: float, dt_s: float, lag_s: float) -> float:
    """Where `value` is `dt_s` later on its way to `target` with a first-order lag (trapezoidal rule).

    At 20 ms and a lag of 80 ms a step is 0.5 % too long; from dt_s = 2 lag_s on it lands on the target.
    """
    if dt_s >= 2.0 * lag_s:
        return target
    return value + (target - value) * dt_s / (lag_s + dt_s / 2.0)


class RollerParams:
    """The roller's worm-gear motor at 5 V."""

    def __init__(self) -> None:
        # rpm of the output, full drive, no load: the reference hardware's 30 to 60.
        self.max_rpm = 60.0
        # mA, full drive, no load: what friction takes. It also makes the dead zone: below
        # free_ma / stall_ma = 15 % drive the motor cannot overcome its friction.
        self.free_ma = 150.0
        # mA more at full speed under the nominal load, in proportion to speed (soft tissue resists like thick
        # oil). Chosen for 325 mA in all at full drive: 150 + 220 x 0.79 of full speed.
        self.load_ma = 220.0
        # mA, full drive, held: 5 V / 5 ohm of winding.
        self.stall_ma = 1000.0
        # mA, the driver's current limit; only a reversal at speed comes near it.
        self.limit_ma = 1200.0
        # s, to 63 % of a new speed.
        self.lag_s = 0.08


class Roller:
    """The roller: speed `rpm` (signed) and driver current `current_ma` (0 or more).

    Set `is_jammed` to hold it the way it turns or is next driven, as a limb in its way does; `load` to 0 (not worn), 1
    (worn, the default) or up to 3 (strapped tight). `turned_deg` is how far it has turned, signed.
    """

    def __init__(self, params: RollerParams) -> None:
        self._max_rpm = params.max_rpm
        self._free_ma = params.free_ma
        self._load_ma = params.load_ma
        self._stall_ma = params.stall_ma
        self._back_ma = params.stall_ma - params.free_ma  # what back-EMF takes off the current at max_rpm
        self._limit_ma = params.limit_ma
        self._lag_s = params.lag_s
        self.is_jammed = False
        self._jammed_way = 0  # 1 or -1
        self.turned_deg = 0.0
        self.is_broken = False  # its wire
        self.is_welded = False  # its switch: it is driven, forward, whenever there is a supply
        self.load = 1.0
        self.rpm = 0.0
        self.current_ma = 0.0

    def step(self, dt_s: float, drive_pm: float) -> None:
        """Advance by `dt_s` seconds at `drive_pm` of the supply, -1000 to 1000 per mille; 0 lets it coast."""
        # At most 11 words of frame, as in heat.Heat.step: speed on MicroPython.
        if self.is_broken:
            drive_pm = 0
        held_ma = self._stall_ma * drive_pm / 1000.0  # signed like the drive, as is rpm
        rpm = 0.0
        if not self._is_held(drive_pm):
            if held_ma > self._free_ma:
                rpm = held_ma - self._free_ma
            elif held_ma < -self._free_ma:
                rpm = held_ma + self._free_ma
            rpm *= self._max_rpm / (self._back_ma + self.load * self._load_ma)
            rpm = _follow(self.rpm, rpm, dt_s, self._lag_s)
        self.rpm = rpm
        self.turned_deg += rpm * 6.0 * dt_s
        held_ma -= self._back_ma * rpm / self._max_rpm
        # A motor that feeds back, or coasts, shows on the driver's current sense as nothing.
        current_ma = 0.0
        if drive_pm > 0:
            current_ma = max(held_ma, 0.0)
        elif drive_pm < 0:
            current_ma = max(-held_ma, 0.0)
        self.current_ma = min(current_ma, self._limit_ma)

    def _is_held(self, drive_pm: float) -> bool:
        if not self.is_jammed:
            self._jammed_way = 0
            return False
        if not self._jammed_way:
            self._jammed_way = _sign(self.rpm) or _sign(drive_pm)
        return _sign(drive_pm) in (0, self._jammed_way)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


class SideParams:
    """One vibration motor (a weight off centre on a small brushed motor) at 5 V."""

    def __init__(self) -> None:
        # Hz just above the dead zone and at full duty: the reference hardware's 20 to 100.
        self.min_hz = 20.0
        self.max_hz = 100.0
        # per mille of duty that does not yet turn it: the weight must first be lifted over the top.
        self.dead_pm = 250.0
        # mA at full speed: half of the 1 W for two motors at 5 V.
        self.run_ma = 100.0
        # mA, full duty, held or just starting.
        self.stall_ma = 170.0
        # s, to 63 % of a new speed.
        self.lag_s = 0.08


class SideMotor:
    """A vibration motor: frequency `hz` and current `current_ma`, both 0 or more."""

    def __init__(self, params: SideParams) -> None:
        self._p = params
        self.is_broken = False  # its wire
        self.is_welded = False  # its switch: it is driven whenever there is a supply
        self.hz = 0.0
        self.current_ma = 0.0

    def step(self, dt_s: float, drive_pm: float) -> None:
        """Advance by `dt_s` seconds at a duty of `drive_pm`, 0 to 1000 per mille."""
        p = self._p
        if self.is_broken:
            drive_pm = 0
        target_hz = 0.0
        if drive_pm > p.dead_pm:
            target_hz = p.min_hz + (p.max_hz - p.min_hz) * (drive_pm - p.dead_pm) / (1000.0 - p.dead_pm)
        self.hz = _follow(self.hz, target_hz, dt_s, p.lag_s)
        current_ma = p.stall_ma * drive_pm / 1000.0 - (p.stall_ma - p.run_ma) * self.hz / p.max_hz
        self.current_ma = current_ma if current_ma > 0.0 else 0.0
