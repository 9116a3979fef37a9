"""Colours of teams in charts and films."""

Colour = tuple[int, int, int]

TEAMS: tuple[Colour, ...] = ((0, 114, 178), (230, 130, 0), (0, 150, 110), (190, 90, 160))
"""After Okabe and Ito (2008), made for people who see colours differently."""

UNKNOWN: Colour = (120, 120, 120)
"""Of who is of no team."""


def team_colour(team: int) -> Colour:
    """The colour of a team, 1, 2, …; 0 where it is not known."""
    return TEAMS[(team - 1) % len(TEAMS)] if team > 0 else UNKNOWN
