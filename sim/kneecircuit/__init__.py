"""The circuit around the boards: its parts and wires as data (boards/circuit.toml), checked in ngspice, and drawn."""
