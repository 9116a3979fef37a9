"""Numbers with what they count, as a sentence has them: "1 frame", "2 frames"."""


def count_of(count: int, one: str, many: str = "") -> str:
    """A number and its noun.

    Args:
        count: How many.
        one: The noun of one.
        many: That of several; "" adds an s.
    """
    return f"{count} {one if count == 1 else many or one + 's'}"
