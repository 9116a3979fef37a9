"""Two pages, a run that grows the atlas, others that draw it anew; a folder that changes midway."""

import json
import os
import shutil
import threading
import time
import urllib.error
import urllib.request
from collections import Counter

from PIL import Image

from frameatlas import open_atlas

HEIGHT = ("--height", "32")
MEANWHILE = (200, 404, 503)
"""Answers that a page may give while maps come and go; 404 is of one that was just replaced."""
PLACES = ("/api/atlas", "/api/state", "/tiles/MAP/0/0/0.webp", "/api/points/MAP")


def ask(address, place):
    """Status and body."""
    try:
        with urllib.request.urlopen(address + place, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


class Visitor(threading.Thread):
    """Asks a page for everything, again and again, and counts its answers."""

    def __init__(self, address):
        super().__init__(daemon=True)
        self.address, self.counts, self.enough = address, Counter(), threading.Event()

    def shows(self, map_id):
        """Whether the page has this map."""
        return map_id in ask(self.address, "/api/atlas")[1].decode()

    def run(self):
        while not self.enough.is_set():
            status, body = ask(self.address, "/api/atlas")
            self.counts[status] += 1
            found = json.loads(body)["map"] if status == 200 else "none"
            for place in PLACES:
                self.counts[ask(self.address, place.replace("MAP", found))[0]] += 1


def test_two_pages_a_growing_atlas_and_maps_that_are_drawn_anew(
    tmp_path, commands, videos, calm, said_address, soon, trees
):
    atlas = shutil.copytree(calm.folder, tmp_path / "a.atlas")
    more = tmp_path / "more"
    more.mkdir()
    for number in range(6):
        Image.new("RGB", (48, 32), (40 * number, 90, 20)).save(more / f"{number}.png")
    cache = {"FRAMEATLAS_CACHE": str(tmp_path / "cache")}  # that both share
    options = ("--port", "0", "--no-open")
    pages = [commands.start("browse", atlas, *options, environment=cache) for _ in range(2)]
    try:
        visitors = [Visitor(said_address(page)) for page in pages]
        for visitor in visitors:
            visitor.start()
        grows = commands.start("index", videos, more, "-o", atlas, *HEIGHT, delay=0.1)
        turns = [commands.start("relayout", atlas, "--seed", str(n)) for n in (1, 2)]
        ended = [run.wait() for run in (grows, *turns)]
        for one in ended:  # who came second was told so
            assert one.code in (0, 2), one.errors
            assert "fault of its own" not in one.errors
            assert one.code == 0 or "is being written by" in one.errors, one.errors
        if ended[0].code:
            assert commands.run("index", videos, more, "-o", atlas, *HEIGHT).code == 0
        map_id = open_atlas(atlas).manifest.map.id
        for visitor in visitors:  # both pages come to the map that is there
            assert soon(lambda at=visitor: at.shows(map_id), 60.0)
            visitor.enough.set()
            visitor.join(60.0)
            assert set(visitor.counts) <= set(MEANWHILE), visitor.counts
        tiles = [ask(visitor.address, f"/tiles/{map_id}/0/0/0.webp") for visitor in visitors]
        assert tiles[0] == tiles[1]
        assert tiles[0][0] == 200
    finally:
        for page in pages:
            page.kill(15)
            page.wait()
    assert commands.run("check", atlas).code == 0
    assert len(open_atlas(atlas)) == len(open_atlas(calm.folder)) + 6


def test_a_folder_in_which_everything_changes_midway(tmp_path, commands, videos, film, soon):
    """Renamed, removed, replaced, grown, come new: no fault, and the next run has what is there."""
    given = shutil.copytree(videos, tmp_path / "given")
    for number in range(5):
        Image.new("RGB", (48, 32), (40 * number, 90, 20)).save(given / f"p{number}.png")
    film(given / "0-long.mp4", "testsrc2=s=64x48:r=12", 40)
    film(tmp_path / "other.mp4", "mandelbrot=s=64x48:r=12", 2)
    atlas = tmp_path / "a.atlas"
    running = commands.start("index", given, "-o", atlas, *HEIGHT, "--jobs", "1", delay=0.3)
    assert soon(lambda: list(atlas.glob("sources/.b*/frames.npy")), 60.0), running.errors()
    (given / "a.mp4").rename(given / "renamed.mp4")
    (given / "p0.png").unlink()
    Image.new("RGB", (48, 32), (1, 2, 3)).save(given / "p1.png")
    (tmp_path / "other.mp4").replace(given / "c.mp4")
    with (given / "b.avi").open("ab") as file:
        file.write(bytes(5000))
    Image.new("RGB", (48, 32), (250, 250, 3)).save(given / "new.png")
    ahead = time.time() + 10 * 365 * 86_400
    os.utime(given / "p2.png", (ahead, ahead))
    ended = running.wait()
    assert ended.code in (0, 1), ended.errors
    assert "fault of its own" not in ended.errors
    assert commands.run("check", atlas).code == 0
    again = commands.run("index", given, "-o", atlas, *HEIGHT, "--prune", "--force")
    assert again.code == 0, again.errors
    fresh = tmp_path / "b.atlas"
    assert commands.run("index", given, "-o", fresh, *HEIGHT).code == 0
    assert contents(atlas) == contents(fresh)
    assert commands.run("check", atlas).code == 0


def contents(folder):
    """Frames of each video, by its content, and the photos."""
    atlas = open_atlas(folder)
    videos = {s.digest: s.frames for s in atlas.sources if s.kind == "video"}
    photos = {
        atlas.origins[frame].path.name
        for number, source in enumerate(atlas.sources)
        for frame in atlas.range_of(number)
        if source.kind == "photos"
    }
    return videos, photos
