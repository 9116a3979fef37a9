import zipfile

import pytest

from frameatlas.errors import SourceError
from frameatlas.reid.tracks.formats import archives
from frameatlas.reid.tracks.mot import read_mot


def zipped(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name.replace("_", "/", 1), content)
    return path


def test_the_zip_that_cvat_exports_is_read(tmp_path):
    rows = "1,1,10,20,30,60,1,1,1.0\n2,1,11,20,30,60,1,1,0.5\n1,2,90,20,30,60,1,1,1.0\n"
    path = zipped(tmp_path / "cvat.zip", **{"gt_gt.txt": rows, "gt_labels.txt": "person\n"})
    tracks, bad = read_mot(path, "east")
    assert bad == ()
    assert tracks.track.tolist() == [1, 2, 1]
    assert tracks.camera == "east"


def test_a_zip_that_bursts_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_BYTES", 3 << 20)
    path = zipped(tmp_path / "bomb.zip", **{"gt_gt.txt": b"\0" * (5 << 20)})
    assert path.stat().st_size < 50_000
    with pytest.raises(SourceError, match="at most 3 MiB"):
        read_mot(path)


def test_other_zips_are_one_sentence(tmp_path):
    empty = zipped(tmp_path / "other.zip", notes="hello")
    with pytest.raises(SourceError, match=r"one gt/gt\.txt"):
        read_mot(empty)
    (tmp_path / "text.zip").write_text("hello")
    with pytest.raises(SourceError, match="zip from CVAT"):
        read_mot(tmp_path / "text.zip")
    whole = zipped(tmp_path / "cut.zip", **{"gt_gt.txt": "1,1,1,1,9,9\n" * 5000})
    whole.write_bytes(
        bytes(b ^ 255 if 60 < i < 90 else b for i, b in enumerate(whole.read_bytes()))
    )
    with pytest.raises(SourceError):
        read_mot(whole)
