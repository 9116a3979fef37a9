"""Which files are meant, which are known already, and what is to be done about each."""
