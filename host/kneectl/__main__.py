"""`python -m kneectl` is the same as `kneectl`."""

from kneectl.cli import main

if __name__ == "__main__":
    main()
