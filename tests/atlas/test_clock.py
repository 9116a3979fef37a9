import pytest

from frameatlas.clock import about, clock


@pytest.mark.parametrize(
    ("seconds", "decimals", "said"),
    [
        (0, 0, "0:00"),
        (59.4, 0, "0:59"),
        (59.6, 0, "1:00"),
        (754, 0, "12:34"),
        (3_750, 0, "1:02:30"),
        (7.449, 1, "0:07.4"),
        (59.96, 1, "1:00.0"),
        (3_723.5, 1, "1:02:03.5"),
        (-1.5, 2, "-0:01.50"),
        (-0.001, 2, "0:00.00"),
        (7_503.2, 2, "2:05:03.20"),
    ],
)
def test_a_time_is_written_as_a_clock_shows_it(seconds, decimals, said):
    assert clock(seconds, decimals) == said


def test_hours_are_shown_where_they_are_wanted():
    assert clock(83.4, 2, hours=True) == "0:01:23.40"
    assert clock(100 * 3600, hours=True) == "100:00:00"


def test_lengths_of_time_as_people_say_them():
    said = [about(seconds) for seconds in (1, 100, 3600, 7300, 9.6 * 3600, 30 * 3600)]
    assert said == [
        *("about 1 min", "about 2 min", "about 1 h 0 min", "about 2 h 2 min"),
        *("about 9 h 36 min", "about 30 h"),
    ]
