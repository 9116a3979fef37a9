"""What a file is taken for by its name and its first bytes: video, photo, or neither."""

from pathlib import Path

from frameatlas.photos.kinds import RAW_SUFFIXES, is_animated, is_film, is_gif
from frameatlas.photos.photo import is_single_picture

_PHOTOS = """
    .jpg .jpeg .jpe .jfif .png .webp .tif .tiff .bmp .dib .heic .heif .hif .avif .jxl
    .jp2 .j2k .j2c .jpf .jpx .ppm .pgm .pbm .pnm .qoi
"""

PHOTO_SUFFIXES = frozenset(_PHOTOS.split()) | RAW_SUFFIXES
"""Names of photos; a GIF is a photo when it holds a single picture."""

_BESIDE = """
    .srt .vtt .ass .ssa .sub .idx .sbv .lrc .txt .md .rst .log .nfo .xml .xmp .json .jsonl .csv
    .tsv .yaml .yml .toml .ini .cfg .html .htm .url .pdf .doc .docx .odt .rtf
    .lrv .thm .aae .bup .ifo .cpi .mpl .bdm .db .part .ytdl .crdownload .torrent .sfv .md5 .sha1
    .sha256 .par2 .tmp .bak .lock
    .pp3 .dop .on1 .cos .xmpx .gpx .kml .fit .lrprev .lrcat .ctg .moff .modd .tdl
"""
# Subtitles, notes and descriptions; what cameras, players and downloads leave.

SIDECAR_SUFFIXES = frozenset(_BESIDE.split())
"""Names of files that stand beside videos and photos: skipped, and counted."""

SIDECAR_NAMES = frozenset({"thumbs.db", "desktop.ini"})

_SOUND = """
    .mp3 .wav .flac .m4a .m4b .aac .opus .oga .wma .aif .aiff .aifc .ape .alac .amr .mid .midi
    .mka .ac3 .dts .mp2 .au .ra .wv .tta .dsf .dff .caf
"""

SOUND_SUFFIXES = frozenset(_SOUND.split())
"""Names of files that hold sound alone."""

_DEVELOPED = frozenset({".jpg", ".jpeg", ".jpe", ".heic", ".heif", ".hif", ".avif", ".jxl"})
"""Names of photos that a camera writes beside its RAW files."""


def is_photo(path: Path) -> bool:
    """Whether a file is read as a photo: by its name, and by content where that means another."""
    suffix = path.suffix.lower()
    if suffix == ".gif" or (suffix in PHOTO_SUFFIXES and is_gif(path)):
        # A damaged GIF goes to FFmpeg, which says what is wrong with it.
        return is_single_picture(path)
    if suffix not in PHOTO_SUFFIXES or suffix in RAW_SUFFIXES:
        return suffix in RAW_SUFFIXES
    return not (is_animated(path) or is_film(path))


def is_sidecar(name: str) -> bool:
    """Whether a file stands beside others, by its name."""
    lower = name.lower()
    return lower in SIDECAR_NAMES or Path(lower).suffix in SIDECAR_SUFFIXES or lower.endswith("~")


def is_sound(name: str) -> bool:
    """Whether a file holds sound alone, by its name."""
    return Path(name).suffix.lower() in SOUND_SUFFIXES


def raw_beside_photo(names: list[str]) -> frozenset[str]:
    """Those of a folder's names that are RAW files whose photo lies beside them."""
    stems = {Path(name).stem.lower() for name in names if Path(name).suffix.lower() in _DEVELOPED}
    return frozenset(
        name
        for name in names
        if Path(name).suffix.lower() in RAW_SUFFIXES and Path(name).stem.lower() in stems
    )
