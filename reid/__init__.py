"""The reid wing: boxes of people to one identity per person."""
