"""How good identities are: clustering and tracking metrics, errors a tracker makes."""
