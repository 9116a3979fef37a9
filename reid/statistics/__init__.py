"""Who was where, for how long and how fast: what people want identities for."""
