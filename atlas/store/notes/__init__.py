"""What is noted beside the manifest, which does not vouch for it: names, words, damage, a run."""
