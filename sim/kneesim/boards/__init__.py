"""Board files as data: read without running them, and refused with the reason when a device made by them could hurt."""
