"""One stored file as the manifest vouches for it."""

from dataclasses import dataclass

from frameatlas.store.json_fields import Fields


@dataclass(frozen=True)
class StoredFile:
    """One file of an atlas, as it was when it was written.

    Attributes:
        bytes: Its size.
        blake2b: Hexadecimal BLAKE2b digest (16 bytes) of its content.
    """

    bytes: int
    blake2b: str

    @classmethod
    def parse(cls, fields: Fields) -> "StoredFile":
        """The value of a JSON object."""
        return cls(fields.integer("bytes", least=0), fields.text("blake2b"))


def parse_files(fields: Fields) -> dict[str, StoredFile]:
    """The ``files`` of a source or a map, by name."""
    files = fields.object("files")
    return {files.safe(name): StoredFile.parse(files.object(name)) for name in files.values}
