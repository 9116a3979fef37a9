"""How wide the hidden layers are: weighted geometric means of what goes in and what comes out."""


def hidden_widths(inputs: int, outputs: int, count: int) -> tuple[int, ...]:
    """Widths of ``count`` hidden layers between ``inputs`` and ``outputs`` numbers.

    inputs^((n + 1 - i) / (n + 1)) · outputs^(i / (n + 1)) for i = 1 … n, the fraction cut off:
    256 to 2 with two layers gives 50 and 10, 2 to 256 with three gives 6, 22 and 76, which are the
    widths of the published tables ("Image and video clustering with an autoencoder", 2021;
    rounding to nearest would give 51 and 7, 23).

    Args:
        inputs: Numbers that go in, at least 1.
        outputs: Numbers that come out, at least 1.
        count: Hidden layers.

    Returns:
        One width per hidden layer, each at least 2: a narrower layer could not carry the code.
    """
    steps = count + 1
    return tuple(
        # The added 1e-9 keeps exact powers (64^(2/3) = 16) from falling below their integer.
        max(2, int(inputs ** ((steps - i) / steps) * outputs ** (i / steps) + 1e-9))
        for i in range(1, steps)
    )
