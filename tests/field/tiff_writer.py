"""TIFFs of kinds that Pillow does not write: planes, tiles, BigTIFF, floating point, any depth."""

import struct

import numpy as np

FORMATS = {"u": 1, "i": 2, "f": 3}


def write_tiff(path, *pages, order="<", big=False, **tags):
    """Write arrays of shape (height, width) or (height, width, colours), one page each.

    Args:
        path: The file.
        pages: Pixels.
        order: Of bytes, "<" or ">".
        big: As BigTIFF.
        tags: ``photometric``, ``orientation``, ``extra``, ``planes`` (True: one for each colour),
            ``tile`` (side in pixels).
    """
    number, head = ("Q", 16) if big else ("I", 8)
    start = {"<": b"II", ">": b"MM"}[order]
    magic = struct.pack(order + ("HHH" if big else "H"), *((43, 8, 0) if big else (42,)))
    data = bytearray(start + magic + bytes(struct.calcsize(number)))
    link = head - struct.calcsize(number)
    for pixels in pages:
        entries = _entries(data, pixels, order, number, **tags)
        struct.pack_into(order + number, data, link, len(data))
        data += struct.pack(order + ("Q" if big else "H"), len(entries)) + b"".join(entries)
        link = len(data)
        data += bytes(struct.calcsize(number))
    path.write_bytes(data)
    return path


def _entries(data, pixels, order, number, photometric=None, orientation=1, extra=None, **layout):
    height, width = pixels.shape[:2]
    colours = 1 if pixels.ndim == 2 else pixels.shape[2]
    parts, places = _parts(pixels, layout.get("planes"), layout.get("tile")), []
    for part in parts:
        places.append(len(data))
        data += part.astype(pixels.dtype.newbyteorder(order)).tobytes()
    sizes = [part.nbytes for part in parts]
    values = [
        *((256, "H", [width]), (257, "H", [height])),
        *((258, "H", colours * [8 * pixels.dtype.itemsize]), (259, "H", [1])),
        (262, "H", [photometric if photometric is not None else (1 if colours == 1 else 2)]),
        *((274, "H", [orientation]), (277, "H", [colours])),
        (284, "H", [2 if layout.get("planes") else 1]),
        (339, "H", colours * [FORMATS[pixels.dtype.kind]]),
    ]
    if layout.get("tile"):
        values += [(tag, "H", [layout["tile"]]) for tag in (322, 323)]
        values += [(324, "I", places), (325, "I", sizes)]
    else:
        values += [(273, "I", places), (278, "H", [height]), (279, "I", sizes)]
    if extra is not None:
        values.append((338, "H", [extra]))
    return [_entry(data, order, number, *value) for value in sorted(values)]


def _parts(pixels, planes, tile):
    if planes:
        return [np.ascontiguousarray(pixels[..., n]) for n in range(pixels.shape[2])]
    if not tile:
        return [pixels]
    height, width = pixels.shape[:2]
    padding = [(0, -height % tile), (0, -width % tile), (0, 0)][: pixels.ndim]
    padded = np.pad(pixels, padding)
    rows, columns = range(0, padded.shape[0], tile), range(0, padded.shape[1], tile)
    return [padded[y : y + tile, x : x + tile].copy() for y in rows for x in columns]


def _entry(data, order, number, tag, code, values):
    packed = struct.pack(f"{order}{len(values)}{code}", *values)
    room = struct.calcsize(number)
    head = struct.pack(order + "HH" + number, tag, {"H": 3, "I": 4}[code], len(values))
    if len(packed) <= room:
        return head + packed.ljust(room, b"\0")
    data += packed
    return head + struct.pack(order + number, len(data) - len(packed))
