"""How many frames a video has, as far as its container says it without being decoded."""

from fractions import Fraction

import av


def frame_count(
    container: av.container.InputContainer, stream: av.VideoStream, rate: Fraction
) -> int:
    """Number of frames as the container says, else its duration times the rate; 0 for neither."""
    if stream.frames > 0:
        return int(stream.frames)
    if stream.duration and stream.time_base:
        return max(0, round(stream.duration * stream.time_base * rate))
    return (
        max(0, round(Fraction(container.duration, av.time_base) * rate))
        if container.duration
        else 0
    )
