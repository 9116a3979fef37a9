"""What a command says at its end: what was done, what failed, what the system refused."""
