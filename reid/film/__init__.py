"""Films with what was found drawn into them."""
