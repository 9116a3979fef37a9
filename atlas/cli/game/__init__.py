"""``frameatlas players``: what is made of who is who: statistics, films, scores."""
