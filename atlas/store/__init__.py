"""An atlas on disk: manifest, tables, digests, locks, and writing that survives a crash."""
