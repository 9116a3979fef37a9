"""Each step of the benchmark of a whole index handles the same frames."""

import numpy as np
from benchmark import index_steps


def test_index_describes_what_decoding_gives(monkeypatch, tmp_path, game_file):
    class Engine:
        name, identity, batch = "made", "made", 4

        def describe(self, crops):
            return np.zeros((len(crops), 2048), np.float32)

        def close(self):
            pass

    monkeypatch.setattr(index_steps, "open_engine", lambda *_: Engine())
    videos, atlas = str(game_file[0]), tmp_path / "a.atlas"
    counts = [
        index_steps.index_without_map([videos], atlas, "made"),
        index_steps.decode_alone([videos]),
    ]
    assert [*counts, index_steps.describe_alone(atlas, "made")] == [7, 7, 7]
