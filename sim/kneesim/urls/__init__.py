"""URLs that pyserial learns: name this package in serial.protocol_handler_packages."""
