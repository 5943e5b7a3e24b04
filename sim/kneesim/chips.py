"""What the simulated chips differ in, as data. A board file names its chip in CHIP."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_PINS = 40


class ChipKind:
    """The facts of one chip that its caller can get wrong. Times are milliseconds, frequencies Hz."""

    def __init__(
        self,
        name: str,
        pins: int,
        unusable: "Iterable[int]",
        input_only: "Iterable[int]",
        adc_pins: "Iterable[int]",
        reads_uv: bool,
        pin_modes: "tuple[int, int, int, int]",
        pwm_slices: int,
        pwm_hz: "tuple[int, int]",
        watchdog_ms: "tuple[int, int]",
        reset_cause: int,
        keeps_outputs_ms: int,
        keeps_in_watchdog: bool,
    ) -> None:
        self.name = name
        self.pins = pins  # numbers go from 0 to pins - 1
        self.unusable = tuple(unusable)  # not brought out, or with a job of their own
        self.input_only = tuple(input_only)  # no output driver and no pull-up
        self.adc_pins = tuple(adc_pins)
        self.reads_uv = reads_uv  # the ADC is calibrated: read_uv() is right and read_u16() raw
        self.pin_modes = pin_modes  # Pin.IN, Pin.OUT, Pin.PULL_UP, Pin.PULL_DOWN
        self.pwm_slices = pwm_slices  # pins 2n and 2n+1 share a slice and its frequency; 0: nothing is shared
        self.pwm_hz = pwm_hz
        self.watchdog_ms = watchdog_ms
        self.reset_cause = reset_cause  # what machine.reset() reads as afterwards
        self.keeps_outputs_ms = keeps_outputs_ms  # outputs stay as they were so long after a reset; 0: let go at once
        self.keeps_in_watchdog = keeps_in_watchdog  # scratch words outlive a reset there; else machine.RTC has memory

    def slice_of(self, number: int) -> int:
        """Return which pins share a PWM frequency: those with the same slice."""
        return (number >> 1) % self.pwm_slices if self.pwm_slices else number


# As on a Pico: 23, 24 and 29 belong to its supply, 25 is its LED.
RP2040 = ChipKind(
    name="rp2040",
    pins=30,
    unusable=(23, 24, 25, 29),
    input_only=(),
    adc_pins=(26, 27, 28),
    reads_uv=False,
    pin_modes=(0, 1, 1, 2),
    pwm_slices=8,
    pwm_hz=(8, 62500000),
    watchdog_ms=(1, 8388),
    reset_cause=3,  # as after the watchdog
    keeps_outputs_ms=0,
    keeps_in_watchdog=True,
)

# The original ESP32. 0, 5, 12 and 15 are read as straps at boot, 14 toggles then, 1 and 3 are the console, 6 to 11 the
# flash; 20, 24 and 28 to 31 are not brought out. 2 is a strap too, but an input that is low at the start does no harm.
# ADC2 (the other analog pins) fails while the radio is on.
ESP32 = ChipKind(
    name="esp32",
    pins=40,
    unusable=(0, 1, 3, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 20, 24, 28, 29, 30, 31),
    input_only=range(34, 40),
    adc_pins=range(32, 40),
    reads_uv=True,
    pin_modes=(1, 3, 2, 1),
    pwm_slices=0,
    pwm_hz=(1, 40000000),
    watchdog_ms=(1000, 1 << 22),  # the least is the port's; the most only has to be some number
    reset_cause=0,
    keeps_outputs_ms=500,  # a restart of the processor does not touch the pins; until boot.py does
    keeps_in_watchdog=False,
)

KINDS = {"rp2040": RP2040, "esp32": ESP32}
