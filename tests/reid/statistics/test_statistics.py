import csv
import io

import numpy as np
import pytest

from frameatlas.reid.statistics import tables
from frameatlas.reid.statistics.charts import timeline, together_chart
from frameatlas.reid.statistics.court import Court, View
from frameatlas.reid.statistics.heat_map import picture_path
from frameatlas.reid.statistics.player_boxes import rows_of_player, runs
from frameatlas.reid.statistics.statistics import statistics_of


def line(begin, end, number):
    return np.linspace(begin, end, number)


def test_runs_end_where_the_gap_is_too_long():
    assert list(runs(np.array([1, 2, 3, 30, 31]), 25)) == [slice(0, 3), slice(3, 5)]
    assert list(runs(np.array([1, 2, 27]), 25)) == [slice(0, 3)]
    assert list(runs(np.zeros(0, np.int64), 25)) == []


def test_of_two_boxes_in_one_frame_that_of_the_longer_segment_counts(boxes_of):
    boxes = boxes_of(
        [(0, 1, line((0, 100), (99, 100), 100)), (0, 90, line((500, 50), (500, 50), 5))]
    )
    rows = rows_of_player(boxes, 0)
    assert boxes.frame[rows].tolist() == list(range(1, 101))
    assert set(boxes.segment[rows]) == {0}


def test_a_straight_run_has_its_length_and_speed(boxes_of, identities_of):
    ran = line((100, 400), (900, 400), 251)  # ten seconds, 800 pixels of 80 a height
    found = statistics_of((boxes_of([(0, 1, ran)]),), identities_of(["1"], [0], [1]))
    player = found.players[0]
    assert player.seconds == pytest.approx(251 / 25)
    assert player.heights.distance == pytest.approx(10, rel=0.01)
    assert player.heights.mean == pytest.approx(1, rel=0.01)
    assert player.heights.top == pytest.approx(1, rel=0.02)
    assert (player.metres, player.team) == (None, 2)


def test_trembling_boxes_do_not_run(boxes_of, identities_of):
    rng = np.random.default_rng(0)
    stood = np.full((750, 2), 400.0) + rng.normal(0, 1.6, (750, 2))  # 2 % of the height
    raw = np.abs(np.diff(stood, axis=0)).sum() / 80
    found = statistics_of((boxes_of([(0, 1, stood)]),), identities_of(["1"], [0]))
    assert found.players[0].heights.distance < 0.08 * raw
    assert found.players[0].heights.mean < 0.08


def test_boxes_of_every_fifth_frame_say_the_same(boxes_of, identities_of):
    time = np.arange(0, 20, 1 / 25)
    way = np.column_stack([600 + 300 * np.cos(time / 2), 400 + 0 * time])
    every = statistics_of((boxes_of([(0, 1, way)]),), identities_of(["1"], [0]))
    fifth = statistics_of((boxes_of([(0, 1, way[::5])], step=5),), identities_of(["1"], [0]))
    for name in ("distance", "mean", "top"):
        one, other = (getattr(s.players[0].heights, name) for s in (every, fifth))
        assert one == pytest.approx(other, rel=0.04), name
    assert every.players[0].seconds == pytest.approx(20)
    assert fifth.players[0].seconds == pytest.approx(20)


def test_who_comes_back_has_two_stays_and_nobody_runs_in_between(boxes_of, identities_of):
    boxes = boxes_of(
        [(0, 1, line((0, 100), (0, 100), 50)), (0, 200, line((800, 9e2), (8e2, 9e2), 50))]
    )
    player = statistics_of((boxes,), identities_of(["1"], [0, 0])).players[0]
    assert [(stay.first, stay.last) for stay in player.stays] == [(1, 50), (200, 249)]
    assert player.seconds == pytest.approx(4)
    assert player.heights.distance == pytest.approx(0, abs=1e-6)


def test_a_leap_that_nobody_runs_does_not_count(boxes_of, identities_of):
    leap = np.concatenate([line((0, 300), (80, 300), 50), line((900, 300), (980, 300), 50)])
    player = statistics_of((boxes_of([(0, 1, leap)]),), identities_of(["1"], [0])).players[0]
    assert player.heights.distance < 4.5
    assert player.heights.top <= 7


def test_boxes_cut_off_by_the_lower_edge_say_nothing_of_feet(boxes_of, identities_of):
    low = np.column_stack([line(0, 500, 100), np.full(100, 720.0)])
    player = statistics_of((boxes_of([(0, 1, low)]),), identities_of(["1"], [0])).players[0]
    assert player.seconds == pytest.approx(4)
    assert player.heights.distance == 0


def test_time_together_is_what_two_share_in_one_picture(boxes_of, identities_of):
    stand = [(300.0, 300.0)]
    one = boxes_of([(0, 1, stand * 100), (1, 51, stand * 100)])
    other = boxes_of([(0, 1, stand * 50), (2, 1, stand * 50)], camera="b")
    found = statistics_of((one, other), identities_of(["1", "2", "3"], [0, 1, 0, 2]))
    expected = [[6, 2, 2], [2, 4, 0], [2, 0, 2]]
    np.testing.assert_allclose(found.together, expected)


def test_a_court_gives_metres(boxes_of, identities_of):
    ground = np.array([(0.0, 0), (40, 0), (40, 20), (0, 20)])
    court = Court((40, 20), {"a": (View(ground * 20 + 100, ground),)})
    ran = line((100, 300), (700, 300), 250)
    boxes = (boxes_of([(0, 1, ran)]), boxes_of([(0, 1, ran)], camera="b"))
    found = statistics_of(boxes, identities_of(["1"], [0, 0]), court)
    player = found.players[0]
    assert player.metres.distance == pytest.approx(30, rel=0.01), "b has no court"
    assert player.metres.top == pytest.approx(3.0, rel=0.02)
    assert "no points of b" in " ".join(found.notes)
    assert "Nobody runs" not in " ".join(found.notes)
    wrong = Court((400, 200), {"a": (View(ground * 20 + 100, 10 * ground),)})
    (note,) = statistics_of(boxes[:1], identities_of(["Anna"], [0]), wrong).notes
    assert "as it seems of Anna: are the points of --court right" in note


def test_tables_have_headers_and_a_row_for_each(boxes_of, identities_of):
    boxes = boxes_of(
        [(0, 1, line((100, 400), (900, 400), 250)), (1, 26, line((9, 99), (9, 99), 50))]
    )
    found = statistics_of((boxes,), identities_of(["=Anna", "2"], [0, 1]))

    def rows(text):
        return list(csv.DictReader(io.StringIO(text)))

    stats = rows(tables.stats_table(found))
    assert tuple(stats[0]) == tables.STATS
    assert [row["player"] for row in stats] == ["'=Anna", "2"]
    assert stats[0]["seconds"] == "10.00"
    assert stats[0]["metres"] == ""
    when = rows(tables.intervals_table(found))
    assert when[1] == {
        "player": "2", "camera": "a", "first_frame": "26", "last_frame": "75",
        "from_second": "1.000", "to_second": "3.000",
    }  # fmt: skip
    assert rows(tables.together_table(found)) == [
        {"player": "'=Anna", "other": "2", "seconds": "2.00"}
    ]
    ways = rows(tables.paths_table(found))
    assert len([row for row in ways if row["player"] == "'=Anna"]) == 50
    assert float(ways[5]["x"]) == pytest.approx(180, abs=1.5)


def test_a_camera_that_seems_to_turn_is_told(boxes_of, identities_of):
    rng = np.random.default_rng(1)
    pan = np.column_stack([200 * np.sin(np.arange(250) / 30), np.zeros(250)])
    homes = rng.uniform(200, 600, (6, 2))
    still = [
        (n, 1, home + 20 * np.sin(np.arange(250)[:, None] / 25 + n)) for n, home in enumerate(homes)
    ]
    turned = [(n, first, feet + pan) for n, first, feet in still]
    names = [str(n) for n in range(6)]
    quiet = statistics_of((boxes_of(still),), identities_of(names, range(6)))
    loud = statistics_of((boxes_of(turned),), identities_of(names, range(6)))
    assert quiet.notes == ()
    assert "seem to move alike in a" in loud.notes[0]


def test_charts_leave_as_much_room_as_names_take(boxes_of, identities_of):
    way = np.column_stack([np.linspace(100, 400, 50), np.full(50, 300.0)])

    def width_of(chart, names):
        boxes = boxes_of([(0, 1, way), (1, 1, way + 60)])
        return chart(statistics_of((boxes,), identities_of(names, [0, 1]))).shape[1]

    for chart in (timeline, together_chart):
        assert width_of(chart, ["1", "2"]) < width_of(chart, ["1", "A goalkeeper from Trento"]) - 50


def test_numbers_and_ways_are_seen_on_what_lies_below_them(boxes_of, identities_of):
    way = np.column_stack([np.linspace(100, 1100, 50), np.full(50, 300.0)])
    found = statistics_of((boxes_of([(0, 1, way)]),), identities_of(["1"], [0]))
    grey = np.full((720, 1280, 3), 60, np.uint8)
    drawn = picture_path(found.players[0], 0, grey).astype(int)
    ground = drawn[0, 0]
    changed = drawn[(drawn != ground).any(axis=2)]
    assert len(changed) > 1000
    assert np.abs(changed - ground).max(axis=1).min() > 60
