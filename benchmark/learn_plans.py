"""How drawn people are learnt from: 200 steps of 64 pictures, 64 × 32, by ``tiny``."""

from typing import Any

STEPS = 200
SMALL: dict[str, Any] = {
    "backbone": "tiny",
    "height": 64,
    "width": 32,
    "epochs": 10,
    "steps": STEPS // 10,
    "rate": 2e-3,
    "pad": 2,
    "schedule": "constant",
    "precision": "float32",
}
"""Changes of a system's preset."""
