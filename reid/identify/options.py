"""What the user asks of a search for identities; what is found: ``identities.py``."""

from dataclasses import dataclass, field

from frameatlas.options import check_within
from frameatlas.players.corrections import Corrections
from frameatlas.reid.tracks.formats.table import Person


@dataclass(frozen=True)
class PlayersOptions:
    """How identities are to be found.

    Attributes:
        count: Number of people; None finds it.
        teams: Number of groups by colour, 2 to 4, or 0 for none; None finds it.
        threshold: Distance up to which clusters are merged; None calibrates it on the game.
        segments: Blocks of equal time that are normalised on their own, whatever they hold; None
            takes each camera as one, where all of them have tracklets enough.
        cameras: Cameras that each film is cut between; None finds it, unless there are segments.
        components: PCA components that crops are compared in.
        colour_weight: Weight of the torso's colour beside the network's features, which have 1.
        network: Whether the network's features are used at all.
        normalise: Whether cameras and segments are normalised.
        casts: Whether cameras' casts are taken out of the torsos' colours.
        whiten: Whether components are whitened.
        split: Whether tracklets are split where two of them seem to have exchanged their people,
            or one to have gone over to somebody else.
        cannot_link: Whether tracklets that are seen together have to be different people.
        top_speed: Heights a second that nobody exceeds between two tracklets; 0 sets no limit.
        together: Whether the videos begin at the same moment and show different places.
        unassigned_share: Players seen for less than this share of all boxes stay unassigned.
        team_apart: Added to the distance of tracklets that are for sure of two teams.
        repair: Whether clusters too small to be players may move past a ban of a few frames.
        numbers: (tracklet, jersey number) where it is known.
        people: (tracklet, role, team and number) where the file of tracks says it; the user's
            numbers and roles are stronger.
        descriptor_weight: Weight of a trained descriptor beside network and colour.
        descriptor_file: Where it was read; "" nowhere.
        mask_file: What was put in front of it; "" nothing.
        learn: Whether a head is learnt on the game, and used where that is shown to help.
        numbers_file: Where those were read; "" nowhere. The page's command names it again.
        corrections: What the user knows better.
    """

    count: int | None = None
    teams: int | None = None
    threshold: float | None = None
    segments: int | None = None
    cameras: int | None = None
    components: int = 128
    colour_weight: float = 1.0
    network: bool = True
    normalise: bool = True
    casts: bool = True
    whiten: bool = True
    split: bool = True
    cannot_link: bool = True
    top_speed: float = 7.0
    together: bool = False
    unassigned_share: float = 0.01
    team_apart: float = 0.0
    repair: bool = False
    numbers: tuple[tuple[str, str], ...] = ()
    people: tuple[tuple[str, Person], ...] = ()
    numbers_file: str = ""
    descriptor_weight: float = 1.0
    descriptor_file: str = ""
    mask_file: str = ""
    learn: bool = False
    corrections: Corrections = field(default_factory=Corrections)

    @property
    def known_numbers(self) -> tuple[tuple[str, str], ...]:
        """Jersey numbers: the user's, else those that the file of tracks says."""
        said = tuple((name, person.number) for name, person in self.people if person.number)
        return self.numbers or said

    def __post_init__(self) -> None:
        if self.count is not None:
            check_within("--count", self.count, 1, 100_000, "leave it out to have the number found")
        if self.teams not in (None, 0):
            check_within("--teams", self.teams or 0, 2, 4, "0 makes no teams")
        if self.threshold is not None:
            check_within("--threshold", self.threshold, 0, 2, "leave it out to have it calibrated")
        if self.segments is not None:
            check_within("--segments", self.segments, 1, 1000, "leave it out to have it decided")
        if self.cameras is not None:
            check_within("--cameras", self.cameras, 1, 1000, "leave it out to have them found")
        check_within("--components", self.components, 2, 4096, "128 is the usual number")
        check_within("--colour-weight", self.colour_weight, 0, 100, "1 is the usual weight")
        check_within("top_speed", self.top_speed, 0, 1000, "7 heights a second is usual")
        check_within("team_apart", self.team_apart, 0, 2, "0 leaves teams out of it")
        check_within("--descriptor-weight", self.descriptor_weight, 0, 100, "1 is the usual weight")
        check_within("--unassigned-share", self.unassigned_share, 0, 1, "0.01 is the usual share")
