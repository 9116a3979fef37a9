"""The command line: each command parses its options, calls one function of a wing, and prints."""
