"""The simulated chip refuses what the real one would refuse or silently do wrong."""

import pytest

from kneesim.chip import Chip, ChipReset, Machine
from kneesim.chips import ESP32, ESP32S3, RP2350, ChipKind
from kneesim.clock import Clock
from kneesim.port import POLLIN, Poll, Port, stdin, stdout


@pytest.fixture
def chip() -> Chip:
    return Chip(Clock())


@pytest.fixture
def machine(chip: Chip) -> Machine:
    return Machine(chip)


@pytest.fixture
def esp32() -> Machine:
    return Machine(Chip(Clock(), ESP32))


@pytest.mark.parametrize("duty", [-1, 65536, 0.5, None, True, "0"])
def test_a_duty_out_of_range(chip: Chip, machine: Machine, duty: object) -> None:
    pwm = machine.PWM(machine.Pin(2), freq=20000, duty_u16=0)
    with pytest.raises(ValueError, match="duty_u16"):
        pwm.duty_u16(duty)
    assert len(chip.violations) == 1


def test_a_pin_used_twice(chip: Chip, machine: Machine) -> None:
    machine.Pin(6, machine.Pin.OUT, value=0)
    with pytest.raises(ValueError, match="pin 6 is used twice"):
        machine.Pin(6)
    assert chip.violations


@pytest.mark.parametrize("number", [-1, 30, "GP6", None])
def test_no_such_pin(machine: Machine, number: object) -> None:
    with pytest.raises(ValueError, match="no such pin"):
        machine.Pin(number)


def test_two_frequencies_on_one_slice(machine: Machine) -> None:
    machine.PWM(machine.Pin(2), freq=20000, duty_u16=0)
    with pytest.raises(ValueError, match="slice"):
        machine.PWM(machine.Pin(3), freq=1000, duty_u16=0)


def test_deinit_is_refused(machine: Machine) -> None:
    with pytest.raises(ValueError, match="freezes"):
        machine.PWM(machine.Pin(2), freq=20000, duty_u16=0).deinit()


def test_unknown_attributes_and_arguments(machine: Machine) -> None:
    pin = machine.Pin(6, machine.Pin.OUT)
    for name in ("high", "toggle", "irq"):
        with pytest.raises(AttributeError):
            getattr(pin, name)
    with pytest.raises(AttributeError):
        machine.ADC(machine.Pin(26)).read_uv()  # an ESP32's
    with pytest.raises(AttributeError):
        machine.Timer  # noqa: B018
    with pytest.raises(TypeError):
        machine.Pin(7, machine.Pin.OUT, drive=3)
    with pytest.raises(AttributeError):
        pin.colour = "red"


def test_levels_are_0_or_1(machine: Machine) -> None:
    with pytest.raises(ValueError, match="neither 0 nor 1"):
        machine.Pin(6, machine.Pin.OUT).value(2)


def test_only_three_pins_are_adc_inputs(machine: Machine) -> None:
    with pytest.raises(ValueError, match="no ADC input"):
        machine.ADC(machine.Pin(22))


@pytest.mark.parametrize("timeout", [0, -5, 8389, 1.5])
def test_a_watchdog_timeout_out_of_range(machine: Machine, timeout: object) -> None:
    with pytest.raises(ValueError, match="WDT"):
        machine.WDT(timeout=timeout)


@pytest.mark.parametrize("number", [23, 24, 25, 29])
def test_pins_of_a_pico_that_are_not_free(machine: Machine, number: int) -> None:
    with pytest.raises(ValueError, match="not free on an rp2040"):
        machine.Pin(number, machine.Pin.OUT)


@pytest.mark.parametrize("number", [0, 1, 3, 5, 6, 11, 12, 14, 15, 20, 31])
def test_pins_of_an_esp32_that_are_not_free(esp32: Machine, number: int) -> None:
    with pytest.raises(ValueError, match="not free on an esp32"):
        esp32.Pin(number, esp32.Pin.IN)


@pytest.mark.parametrize("number", [0, 3, 18, 19, 20, 22, 26, 37, 38, 43, 44, 45, 46, 47, 48])
def test_pins_of_an_esp32_s3_that_are_not_free(number: int) -> None:
    machine = Machine(Chip(Clock(), ESP32S3))
    with pytest.raises(ValueError, match="not free on an esp32s3"):
        machine.Pin(number, machine.Pin.IN)


def test_an_esp32_has_pins_up_to_39(esp32: Machine) -> None:
    esp32.Pin(39, esp32.Pin.IN)
    with pytest.raises(ValueError, match="no such pin"):
        esp32.Pin(40)


def test_an_esp32s_upper_pins_are_inputs_without_pull_ups(esp32: Machine) -> None:
    with pytest.raises(ValueError, match="nothing else"):
        esp32.Pin(34, esp32.Pin.OUT)
    with pytest.raises(ValueError, match="without pull-ups"):
        esp32.Pin(35, esp32.Pin.IN, esp32.Pin.PULL_UP)


def test_an_esp32s_adc_is_read_calibrated_and_over_its_whole_range(esp32: Machine) -> None:
    adc = esp32.ADC(esp32.Pin(34), atten=esp32.ADC.ATTN_11DB)
    assert adc.read_uv() == 0  # nothing is wired
    with pytest.raises(ValueError, match="calibrated"):
        adc.read_u16()
    with pytest.raises(ValueError, match="attenuation"):
        esp32.ADC(esp32.Pin(35))
    with pytest.raises(ValueError, match="no ADC input"):
        esp32.ADC(esp32.Pin(25), atten=esp32.ADC.ATTN_11DB)  # of ADC2


def test_an_rp2040s_adc_has_no_attenuation(machine: Machine) -> None:
    with pytest.raises(AttributeError):
        machine.ADC.ATTN_11DB  # noqa: B018
    with pytest.raises(ValueError, match="no attenuation"):
        machine.ADC(machine.Pin(26), atten=3)


def test_an_esp32s_neighbouring_pins_may_differ_in_frequency(esp32: Machine) -> None:
    esp32.PWM(esp32.Pin(26), freq=20000, duty_u16=0)
    esp32.PWM(esp32.Pin(27), freq=1000, duty_u16=0)


@pytest.mark.parametrize(("kind", "frequencies"), [(ESP32, 8), (ESP32S3, 4)])
def test_an_esp32_has_timers_for_so_many_pwm_frequencies(kind: ChipKind, frequencies: int) -> None:
    machine = Machine(Chip(Clock(), kind))
    free = [number for number in range(kind.pins) if number not in (*kind.unusable, *kind.input_only)]
    pwms = [machine.PWM(machine.Pin(free[i]), freq=1000 + i, duty_u16=0) for i in range(frequencies)]
    pwms[0].freq(5000)  # instead of its first one
    machine.PWM(machine.Pin(free[frequencies]), freq=5000, duty_u16=0)  # shares that one's timer
    pwms[1].freq(6000)
    with pytest.raises(ValueError, match=f"timers for {frequencies} frequencies"):
        machine.PWM(machine.Pin(free[frequencies + 1]), freq=7000, duty_u16=0)


def test_an_esp32_s3_has_eight_pwm_channels() -> None:
    machine = Machine(Chip(Clock(), ESP32S3))
    for number in range(4, 12):
        machine.PWM(machine.Pin(number), freq=20000, duty_u16=0)
    with pytest.raises(ValueError, match="more than 8 channels"):
        machine.PWM(machine.Pin(12), freq=20000, duty_u16=0)


def test_an_esp32_without_calibration_has_no_microvolts(esp32: Machine) -> None:
    adc = esp32.ADC(esp32.Pin(34), atten=esp32.ADC.ATTN_11DB)
    esp32._chip.is_adc_calibrated = False
    with pytest.raises(OSError, match="95"):
        adc.read_uv()


def test_an_esp32s_watchdog_waits_a_second_at_least(esp32: Machine) -> None:
    with pytest.raises(ValueError, match="WDT"):
        esp32.WDT(timeout=999)
    esp32.WDT(timeout=2000)


def test_a_reset_lets_go_at_once_on_an_rp2040_and_later_on_an_esp32(
    chip: Chip, machine: Machine, esp32: Machine
) -> None:
    with pytest.raises(ChipReset):
        _drive_and_reset(machine)
    assert (chip.level[18], chip.output_pm(19), chip.reset_cause) == (0, 0, 3)
    held = esp32._chip
    seen: list[tuple[int, int]] = []
    held.clock.at(499_000, lambda: seen.append((held.level[18], held.output_pm(19))))
    with pytest.raises(ChipReset):
        _drive_and_reset(esp32)
    assert seen == [(1, 500)]
    assert held.clock.now_us == 500_000
    assert held.reset_cause == 0
    held.power_on()
    for number in (18, 19):
        esp32.Pin(number, esp32.Pin.OUT, value=0)  # as boot.py does
    assert (held.level[18], held.output_pm(19)) == (0, 0)


def test_opening_the_port_lets_go_at_once_and_forgets_all(chip: Chip, esp32: Machine) -> None:
    chip.open_port()  # a Pico's port is its own
    held = esp32._chip
    esp32.RTC().memory(b"kept")
    esp32.PWM(esp32.Pin(19, esp32.Pin.OUT, value=0), freq=20000, duty_u16=32768)
    esp32.Pin(18, esp32.Pin.OUT, value=1)
    with pytest.raises(ChipReset):
        held.open_port()
    assert (held.level[18], held.output_pm(19), held.reset_cause, held.rtc_memory) == (0, 0, 1, b"")
    assert held.clock.now_us == 0


def test_a_reset_of_an_rp2350_keeps_its_outputs_and_its_scratch_words_until_the_power_goes() -> None:
    chip = Chip(Clock(), RP2350)
    machine = Machine(chip)
    with pytest.raises(ValueError, match="none of this chip's scratch words"):
        machine.mem32[0x4005800C] = 1
    machine.mem32[0x400D800C] = 7
    with pytest.raises(ChipReset):
        _drive_and_reset(machine)
    assert (chip.level[18], chip.output_pm(19), chip.reset_cause) == (1, 500, 3)
    assert machine.mem32[0x400D800C] == 7
    with pytest.raises(ChipReset):
        chip.lose_power(1000)
    assert (chip.level[18], chip.output_pm(19)) == (0, 0)
    assert machine.mem32[0x400D800C] == 0


def _drive_and_reset(machine: Machine) -> None:
    pin = machine.Pin(18, machine.Pin.OUT, value=0)
    pwm = machine.PWM(machine.Pin(19, machine.Pin.OUT, value=0), freq=20000, duty_u16=0)
    pin.value(1)
    pwm.duty_u16(32768)
    try:
        machine.reset()
    finally:
        pin.value(0)  # the last words of a firmware that is gone change nothing
        pwm.duty_u16(0)


def test_reading_the_console_without_polling_would_block() -> None:
    port = Port(Clock())
    with pytest.raises(RuntimeError, match="block"):
        stdin(port).buffer.readinto(bytearray(1))
    with pytest.raises(RuntimeError, match="blocks"):
        stdin(port).buffer.readinto(bytearray(64))
    poll = Poll()
    poll.register(stdin(port), POLLIN)
    with pytest.raises(RuntimeError, match="poll"):
        poll.ipoll(10)


def test_a_full_console_would_block() -> None:
    port = Port(Clock())
    out = stdout(port).buffer
    while port.has_room():
        out.write(b"x")
    with pytest.raises(RuntimeError, match="room"):
        out.write(b"x")


def test_ready_to_write_is_room_for_one_byte_and_no_more() -> None:
    port = Port(Clock())
    out = stdout(port).buffer
    out.write(b"x" * 250)
    assert port.has_room()
    with pytest.raises(RuntimeError, match="room"):
        out.write(b"x" * 7)


def test_ctrl_c_interrupts_unless_the_firmware_turned_it_off() -> None:
    clock = Clock()
    port = Port(clock)
    port.host_writes(b"a\x03b")
    with pytest.raises(KeyboardInterrupt):
        clock.advance(1)
    assert port.take() + port.take() == b"ab"
    port.kbd_intr(-1)
    port.host_writes(b"\x03")
    clock.advance(1)
    assert port.take() == b"\x03"
    port.restart()
    port.host_writes(b"\x03")
    with pytest.raises(KeyboardInterrupt):
        clock.advance(1)


def test_events_come_in_order_of_time_then_of_asking() -> None:
    clock = Clock()
    seen: list[tuple[str, int]] = []
    for name, when_us in (("b", 200), ("a", 100), ("c", 200)):
        clock.at(when_us, lambda name=name: seen.append((name, clock.now_us)))
    clock.advance(150)
    assert seen == [("a", 100)]
    clock.advance(100)
    assert seen == [("a", 100), ("b", 200), ("c", 200)]
    assert clock.now_us == 250


def test_a_busy_wait_ends() -> None:
    clock = Clock()
    began = clock.ticks_ms()
    while clock.ticks_ms() - began < 10:
        pass
    assert clock.now_us >= 10_000
