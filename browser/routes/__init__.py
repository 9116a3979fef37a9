"""One file for each group of addresses; each reads parameters, asks a view, answers."""
