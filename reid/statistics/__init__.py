"""What people did: where, how fast, how long and with whom, from the identities of a game."""
