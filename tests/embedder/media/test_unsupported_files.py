import pytest

from frameatlas.embedder.media.probe import probe_video
from frameatlas.embedder.media.unsupported_files import playlist_reason
from frameatlas.errors import SourceError
from frameatlas.safe_formats import REFUSED_FORMATS, allowed_formats

PLAYLISTS = {
    "HLS or M3U": "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nreal.mp4\n#EXT-X-ENDLIST\n",
    "ffconcat": "ffconcat version 1.0\nfile real.mp4\n",
    "concat": "file 'real.mp4'\n",
    "DASH": '<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>',
    "SDP": "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n",
    "PLS": "[playlist]\nFile1=real.mp4\n",
    "SMIL": "<smil><body/></smil>",
    "IMF": '<?xml version="1.0"?><AssetMap xmlns="x"/>',
    "a web address": "https://example.org/film.mp4\n",
}


@pytest.mark.parametrize("name", PLAYLISTS)
@pytest.mark.parametrize("suffix", [".m3u8", ".mp4"])
def test_playlists_are_refused_under_any_name(tmp_path, make_video, name, suffix):
    make_video("real.mp4", "testsrc2=s=32x32:d=0.2")
    path = tmp_path / f"film{suffix}"
    path.write_text(PLAYLISTS[name])
    with pytest.raises(SourceError) as error:
        probe_video(path)
    assert f"a playlist ({name})" in str(error.value)


def test_a_playlist_behind_a_byte_order_mark(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"\xef\xbb\xbf\n#EXTM3U\n")
    assert playlist_reason(path)


def test_demuxers_that_open_other_files_are_not_allowed():
    allowed = set(allowed_formats().split(","))
    assert allowed.isdisjoint(REFUSED_FORMATS)
    assert {"mov", "matroska", "avi", "mpegts", "ogg", "gif", "asf"} <= allowed
    assert {"hls", "dash", "concat", "image2", "lavfi", "tty"} <= REFUSED_FORMATS


def test_a_percent_sign_in_a_name_is_no_pattern(make_video):
    path = make_video("100%03d.mp4", "testsrc2=s=32x32:d=0.2")
    assert probe_video(path).width == 32


def test_an_ordinary_video_is_no_playlist(make_video):
    assert playlist_reason(make_video("a.mp4", "testsrc2=s=32x32:d=0.2")) is None
