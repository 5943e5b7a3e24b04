"""Mistakes of somebody who builds the device, to see that bringing it up finds them. CPython only."""

from collections.abc import Callable
from dataclasses import dataclass

from kneesim.plant import Plant
from kneesim.thermistor import Divider


@dataclass(frozen=True)
class Mistake:
    """What was done wrong, in words, and what makes a plant so."""

    words: str
    make: Callable[[Plant], object]


def _set(**attributes: object) -> Callable[[Plant], object]:
    def make(plant: Plant) -> None:
        for name, value in attributes.items():
            assert hasattr(plant, name), name
            setattr(plant, name, value)

    return make


def _double_pad(plant: Plant) -> None:
    plant.pad_w *= 2.0


def _half_pad(plant: Plant) -> None:
    plant.heat.pad_j_k /= 2.0


def _large_capacitor(plant: Plant) -> None:
    plant.pump.take_store(22.0)


def _exchange_pull_ups(plant: Plant) -> None:
    for ntc, other in ((plant.skin_ntc, plant.pad_ntc), (plant.pad_ntc, plant.skin_ntc)):
        ntc.refit(Divider(other.pull_up_ohm, 10_000.0, 3950.0))


def _other_ntc(plant: Plant) -> None:
    plant.pad_ntc.refit(Divider(plant.pad_ntc.pull_up_ohm, 100_000.0, 3950.0))


MISTAKES = {
    "ntcs-swapped": Mistake("The plugs of skin and pad sensor are exchanged.", _set(are_swapped=True)),
    "ntc-100k": Mistake("The pad sensor is an NTC of 100 kΩ.", _other_ntc),
    "pull-ups-swapped": Mistake("The pull-ups of skin and pad sensor are exchanged.", _exchange_pull_ups),
    "no-pull-down": Mistake("The pull-down at the heater's gate is missing.", _set(floating={"HEATER"})),
    "roller-reversed": Mistake("The roller's two wires are exchanged.", _set(roller_way=-1)),
    "sides-swapped": Mistake("The plugs of the side motors are exchanged.", _set(are_sides_swapped=True)),
    "no-roller-current": Mistake("The roller's current output is not wired.", _set(roller_current="dead")),
    "pad-twice-as-strong": Mistake("The pad has twice the power that the board file says.", _double_pad),
    "pad-half-the-size": Mistake("The pad has half the size that the board file says.", _half_pad),
    "no-read-back": Mistake("The read-back of the heater is not wired.", _set(heater_sense=0)),
    "stop-normally-open": Mistake("STOP's contact for the chip is one that is normally open.", _set(is_stop_open=True)),
    "no-stop-contact": Mistake("STOP's second contact is not wired.", _set(has_stop_contact=False)),
    "comparator-dead": Mistake("The comparator does not work.", _set(is_cut_out_dead=True)),
    "store-22-uf": Mistake("The enable's store is 22 µF instead of 2.2.", _large_capacitor),
    "enable-bridged": Mistake("The enable's transistor is bridged.", _set(enable="shorted")),
    "lamps-unplugged": Mistake("The lamps' data wire is not plugged in.", _set(are_lamps_wired=False)),
    "rail-never-good": Mistake("The supervisor never says that the rail is good.", _set(rail_sense=0)),
}
