"""The host's side of the knee massager: a client library for its serial link and the command `kneectl`."""
