"""What the manifest says of an atlas' words: vectors of its frames that share a space with text."""

from dataclasses import dataclass, field

from frameatlas.store.json_fields import Fields
from frameatlas.store.stored_file import StoredFile, parse_files

WORDS_FILE = "words.h5"


@dataclass(frozen=True)
class WordsRecord:
    """The words of an atlas.

    Attributes:
        descriptor: Class of the network, as "CLIPBackbone".
        digest: SHA-256 of the network's weights, config and tokenizer.
        width: Numbers of a vector.
        crops: Vectors of each frame.
        files: By a source's id, its ``words.h5`` as it was written.
    """

    descriptor: str
    digest: str
    width: int
    crops: int
    files: dict[str, StoredFile] = field(default_factory=dict)

    @classmethod
    def parse(cls, fields: Fields) -> "WordsRecord":
        """The value of a JSON object."""
        return cls(
            fields.text("descriptor"),
            fields.text("digest"),
            fields.integer("width", least=1),
            fields.integer("crops", least=1),
            parse_files(fields),
        )
