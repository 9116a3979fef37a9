"""The poster wing: a window of an atlas as a picture (the only wing that composes with Pillow)."""
