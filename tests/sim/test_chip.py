"""The simulated chip refuses what the real one would refuse or silently do wrong."""

import pytest

from kneesim.chip import Chip, Machine
from kneesim.clock import Clock
from kneesim.port import POLLIN, Poll, Port, stdin, stdout


@pytest.fixture
def chip() -> Chip:
    return Chip(Clock())


@pytest.fixture
def machine(chip: Chip) -> Machine:
    return Machine(chip)


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
        machine.ADC(machine.Pin(25))


@pytest.mark.parametrize("timeout", [0, -5, 8389, 1.5])
def test_a_watchdog_timeout_out_of_range(machine: Machine, timeout: object) -> None:
    with pytest.raises(ValueError, match="WDT"):
        machine.WDT(timeout=timeout)


def test_reading_the_console_without_polling_would_block() -> None:
    port = Port(Clock())
    with pytest.raises(RuntimeError, match="block"):
        stdin(port).buffer.read(1)
    with pytest.raises(RuntimeError, match="blocks"):
        stdin(port).buffer.read(64)
    poll = Poll()
    poll.register(stdin(port), POLLIN)
    with pytest.raises(RuntimeError, match="poll"):
        poll.poll(10)


def test_a_full_console_would_block() -> None:
    port = Port(Clock())
    out = stdout(port).buffer
    while port.has_room():
        out.write(b"x")
    with pytest.raises(RuntimeError, match="room"):
        out.write(b"x")


def test_ready_to_write_is_room_for_one_byte() -> None:
    with pytest.raises(RuntimeError, match="one byte"):
        stdout(Port(Clock())).buffer.write(b"xy")


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
