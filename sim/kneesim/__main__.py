"""python -m kneesim: as the `kneesim` command."""

from kneesim.cli import main

main()
