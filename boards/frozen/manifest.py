# What each board's image has of this firmware, compiled as for the files of a device, and of its port what mounts the
# file system. The port's own manifest would add drivers and network packages, which nothing here imports.
freeze("$(PORT_DIR)/modules")
freeze(".", "boot.py", opt=3)
freeze("../../firmware", "main.py", opt=3)
freeze("../../firmware", "massager", opt=3)
