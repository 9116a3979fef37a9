"""A gallery of people ranked for each query picture, as the public sets ask for it."""
