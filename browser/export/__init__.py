"""The map as a static site: what it holds, how large it gets, and how it is written."""
