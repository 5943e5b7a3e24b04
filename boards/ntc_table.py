"""Prints an NTC divider's table for a board file: 65 temperatures in milli-degrees, one every 1024 of 65536 ADC codes.

    python boards/ntc_table.py PULL_UP_OHM

The thermistor is a 10 kohm B3950 from the ADC pin to ground, pulled up to the ADC's reference, so the code is a
ratio of resistances and the reference's voltage drops out. Ends beyond -60 and 150 degrees are cut there.
"""

import math
import sys

R25_OHM = 10_000
BETA_K = 3950  # B25/50 of the part named in the bill of materials
LEAST_MC, MOST_MC = -60_000, 150_000


def temperature_mc(code: int, pull_up_ohm: float) -> int:
    """Return the temperature in milli-degrees at an ADC code of 0 to 65536."""
    if code <= 0:
        return MOST_MC
    if code >= 65536:
        return LEAST_MC
    ohm = pull_up_ohm * code / (65536 - code)
    kelvin = 1 / (1 / 298.15 + math.log(ohm / R25_OHM) / BETA_K)
    return max(LEAST_MC, min(MOST_MC, round((kelvin - 273.15) * 1000)))


def table(pull_up_ohm: float) -> list[int]:
    """Return the 65 points of the table for a pull-up in ohm."""
    return [temperature_mc(point * 1024, pull_up_ohm) for point in range(65)]


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].isdigit():
        sys.exit("usage: python boards/ntc_table.py PULL_UP_OHM      for example 4700")
    points = table(float(sys.argv[1]))
    for start in range(0, len(points), 8):
        print("    " + ", ".join(str(mc) for mc in points[start : start + 8]) + ",")
