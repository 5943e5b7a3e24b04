"""Lets this tier's tests see the model's own list of what to break."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "property"))
