# For `make image` (docs/images.md).
include("../frozen/manifest.py")
freeze(".", "board.py", opt=3)
