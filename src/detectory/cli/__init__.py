"""The command line: one file a command family; each command parses, calls the library and prints."""
