"""Every speed and quality figure that we claim, measured: ``python -m benchmark NAME``."""
