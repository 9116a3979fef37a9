"""Moments and lengths as people write them."""


def clock(seconds: float, decimals: int = 0, *, hours: bool = False) -> str:
    """A time as a clock shows it, rounded: "0:07", "12:30.5", "1:02:03.50".

    Args:
        seconds: The time; below zero it gets a sign.
        decimals: Digits behind the seconds' point.
        hours: Show hours also where there are none.
    """
    scale = 10**decimals
    units = round(abs(float(seconds)) * scale)
    minutes, rest = divmod(units, 60 * scale)
    hour, minute = divmod(minutes, 60)
    sign = "-" if seconds < 0 and units else ""
    ahead = f"{hour}:{minute:02d}" if hour or hours else str(minute)
    behind = f".{rest % scale:0{decimals}d}" if decimals else ""
    return f"{sign}{ahead}:{rest // scale:02d}{behind}"


def about(seconds: float) -> str:
    """A length of time as a person says it: "about 5 h 20 min"."""
    minutes = max(1, round(seconds / 60))
    if minutes >= 600:
        return f"about {round(minutes / 60)} h"
    hours, rest = divmod(minutes, 60)
    return f"about {hours} h {rest} min" if hours else f"about {rest} min"
