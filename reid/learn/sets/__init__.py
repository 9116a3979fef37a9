"""Sets of pictures of people: who is on each, and how a ranking of them is scored."""
