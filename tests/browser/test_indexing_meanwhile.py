"""A page is open while another process really indexes a new video into the atlas."""

import signal
import subprocess
import sys

import pytest

from frameatlas import open_atlas
from frameatlas.browser import make_app


@pytest.fixture
def index(root, tmp_path):
    """``index(delay)``: a process that indexes the folder of videos, slower by so much a block."""
    running = []

    def start(delay):
        child = root / "tests" / "embedder" / "indexing_child.py"
        command = [sys.executable, child, tmp_path / "videos", tmp_path / "a.atlas", delay]
        said = (tmp_path / "said").open("ab")
        running.append(subprocess.Popen(list(map(str, command)), stdout=said, stderr=said))
        said.close()
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait()


def film(path, drawing, seconds):
    import imageio_ffmpeg

    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error", "-f", "lavfi"]
    command += ["-i", f"{drawing}=s=64x48:r=6:d={seconds}", "-c:v", "mpeg4", str(path)]
    subprocess.run(command, check=True)


def test_the_page_says_how_far_it_is_and_offers_the_new_map(index, tmp_path, soon):
    videos = tmp_path / "videos"
    videos.mkdir()
    film(videos / "a.mp4", "testsrc2", 8)
    assert index(0).wait(500) == 0, (tmp_path / "said").read_text()
    client = make_app(open_atlas(tmp_path / "a.atlas"), cache=tmp_path / "c").server.test_client()
    before = client.get("/api/atlas").json
    assert (before["indexing"], before["newer"], len(before["sources"])) == (None, None, 1)
    film(videos / "b.mp4", "testsrc", 40)
    process = index(1)

    def state():
        return client.get(f"/api/state?map={before['map']}").json

    assert soon(lambda: (state()["indexing"] or {}).get("under_way") == 1, 60)
    text = state()["indexing"]["text"]
    assert text.startswith("The atlas is being written since "), text
    assert text.endswith("0 new sources done, 1 under way."), text
    assert state()["newer"] is None
    # What is shown stays whole meanwhile, and a run that stops at half way is told as none.
    assert client.get(f"/tiles/{before['map']}/0/0/0.webp").status_code == 200
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    assert state() == {**state(), "indexing": None, "newer": None}
    assert index(0).wait(500) == 0, (tmp_path / "said").read_text()
    assert soon(lambda: state()["newer"] is not None)
    assert state()["indexing"] is None
    after = client.get("/api/atlas").json
    assert after["map"] == state()["newer"] != before["map"]
    assert len(after["sources"]) == 2
    assert after["frames"] > before["frames"]
    assert client.get(f"/tiles/{before['map']}/0/0/0.webp").status_code == 200
