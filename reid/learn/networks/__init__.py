"""The networks that learn who is who: backbones, heads and masks."""
