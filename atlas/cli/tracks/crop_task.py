"""``frameatlas players``: the crops of one recording as a source of an atlas."""

from pathlib import Path
from typing import TYPE_CHECKING

from frameatlas.errors import SourceError

if TYPE_CHECKING:
    from frameatlas.embedder.media.frame_sink import FrameSink, Outcome
    from frameatlas.embedder.sources.given_task import GivenTask, Known
    from frameatlas.progress import Stopped
    from frameatlas.reid.crops.recordings import Recording
    from frameatlas.reid.tracks.frame_reader import Pictures


def crop_task(recording: "Recording", tables: Path) -> "GivenTask":
    """What cuts and keeps the crops of a recording, when an atlas is built."""
    from frameatlas.embedder.media.frame_sink import Outcome
    from frameatlas.embedder.sources.given_task import GivenTask
    from frameatlas.reid.crops.crop import HEIGHT, WIDTH
    from frameatlas.reid.crops.crops import read_crops
    from frameatlas.reid.crops.earlier_crops import EarlierCrops, open_earlier
    from frameatlas.store.digests import text_digest
    from frameatlas.store.manifest import Source

    pictures, plan = recording.pictures, recording.plan
    found: list[EarlierCrops] = []  # of an earlier run, once its atlas is locked

    def give(sink: "FrameSink", stopped: "Stopped") -> "tuple[Outcome, list[str]]":
        earlier = open_earlier(tables.parent, tables, pictures.digest)
        found[:] = [earlier] if earlier else []
        table = read_crops(pictures, plan, sink, stopped, earlier)
        _refuse_changed(pictures)
        table.save(tables / f"{recording.id}.h5")
        missing = len(plan) - len(table)
        digests = [text_digest(f"{recording.id} {row}") for row in range(len(table))]
        reason = f"{missing} of {len(plan)} crops lie in pictures that cannot be decoded"
        return Outcome("damaged", reason) if missing else Outcome("ok"), (
            digests if pictures.kind == "photos" else []
        )

    source = Source(
        recording.source_id, str(pictures.path), pictures.kind, "ok", "", pictures.digest,
        width=pictures.size[0], height=pictures.size[1],
    )  # fmt: skip

    def known(start: int, stop: int) -> "Known | None":
        return found[0].known(start, stop) if found else None

    return GivenTask(source, len(plan), WIDTH * HEIGHT * 3, give, known)


def _refuse_changed(pictures: "Pictures") -> None:
    """Refuse a video that is another than when it was opened: crops would go by a wrong name.

    One that has gone meanwhile was read whole.
    """
    from frameatlas.reid.tracks.frame_reader import open_pictures

    try:
        changed = open_pictures(pictures.path).digest != pictures.digest
    except SourceError:
        return
    if changed:
        raise SourceError(
            f"{pictures.path.name} changed while it was read; give the same command again when "
            "it is done"
        )
