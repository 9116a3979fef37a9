"""The head that stands in for the network's features: its seam with ``identify``."""

from dataclasses import replace

import numpy as np
import pytest

from frameatlas.reid.tracks.tracklets import TrackletFeatures, Tracklets


@pytest.fixture(scope="module")
def head_module():
    from frameatlas.embedder.describe.tensorflow_import import import_tensorflow

    import_tensorflow()
    from frameatlas.reid.learn import clustering_head

    return clustering_head


@pytest.fixture(scope="module")
def crops():
    """Twelve tracklets of four people, two seen at a time, eight crops each."""
    random = np.random.default_rng(0)
    person = np.tile(np.arange(4), 3)
    tracklet = np.repeat(np.arange(12), 8)
    frame = 40 * (tracklet // 2) + 5 * np.tile(np.arange(8), 12) + 1
    box = np.column_stack([200.0 * (tracklet % 2), *(np.full(96, v) for v in (0.0, 20.0, 40.0))])
    zeros = np.zeros(12, np.int64)
    names = tuple(str(number + 1) for number in range(12))
    tracklets = Tracklets(names, zeros, zeros, ("a",), tracklet, frame, box)
    features = random.normal(size=(4, 40))[person[tracklet]] + random.normal(size=(96, 40))
    colour = np.full((96, 4), 0.5, np.float32)
    even = np.ones(96, np.float32)
    return TrackletFeatures(tracklets, tracklet, frame, features.astype(np.float32), colour, even)


def test_codes_stand_in_for_features(head_module, crops):
    rows = head_module.head_inputs(crops)
    plan = replace(head_module.PLAN, pretrain=2, epochs=2)
    head = head_module.train_head(rows, crops.tracklet % 4, plan)
    coded = head_module.with_head(crops, rows, head)
    assert coded.features.shape == (96, head_module.WIDTHS[-1])
    assert np.isfinite(coded.features).all()
    assert coded.tracklets is crops.tracklets
    assert np.array_equal(coded.colour, crops.colour)


def test_a_head_is_used_only_where_the_estimate_falls(head_module, crops):
    from frameatlas.reid.identify.identify import identify

    found = identify(crops)
    worse = replace(found, false_links=found.false_links + 0.1)
    assert head_module.pays(worse, found)
    assert not head_module.pays(found, found)
    unknown = replace(found, missed_links=float("nan"))
    assert not head_module.pays(unknown, found)
    assert not head_module.pays(found, unknown)
