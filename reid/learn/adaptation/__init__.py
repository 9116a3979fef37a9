"""A descriptor made at home among other people and cameras, without labels."""
