import numpy as np
import pytest

from frameatlas.errors import InputError
from frameatlas.reid.tracks.formats.read import parse_table, read_table
from frameatlas.reid.tracks.labels import choose_rows


def rows(*classes, last=1):
    text = "\n".join(f"1,{n},{9 * n},5,20,60,1,{c},{last}" for n, c in enumerate(classes, 1))
    return parse_table(text, "tracks.txt")


def test_class_1_is_never_kept_alone_where_others_hold_most_boxes():
    chosen = choose_rows(rows(1, 2, 3, 3, 3, 4, last=0.92), ())
    assert chosen.kept.all()
    assert "4 classes without names" in chosen.notes[0]
    assert "--class 3" in chosen.notes[0]


def test_of_mot_truth_the_other_classes_are_left_out_and_counted():
    chosen = choose_rows(rows(1, 1, 1, 7, 8), ())
    assert chosen.kept.tolist() == [True] * 3 + [False] * 2
    assert chosen.dropped == {"7": 1, "8": 1}
    assert "1 of 7, 1 of 8" in chosen.notes[0]


def test_the_user_chooses_by_name_or_number():
    table = rows(1, 2, 3)
    assert choose_rows(table, ("2", "3")).kept.tolist() == [False, True, True]
    with pytest.raises(InputError, match=r"1 \(1 box\), 2 .*Received: goalie"):
        choose_rows(table, ("goalie",))


def test_named_classes_of_players_are_kept_and_the_ball_is_not(tmp_path):
    text = "frame,id,x,y,w,h,class_name\n" + "\n".join(
        f"1,{n},9,9,20,60,{name}"
        for n, name in enumerate(("ball", "goalkeeper", "Player_Red", "referee"))
    )
    table = parse_table(text, "tracks.csv")
    chosen = choose_rows(table, ())
    assert chosen.kept.tolist() == [False, True, True, False]
    assert choose_rows(table, ("referee",)).kept.tolist() == [False, False, False, True]


def test_gameinfo_says_who_is_the_ball_and_which_number_somebody_wears(tmp_path):
    (tmp_path / "gt").mkdir()
    path = tmp_path / "gt" / "gt.txt"
    path.write_text("".join(f"1,{n},{50 * n},9,20,60,1,-1,-1,-1\n" for n in (1, 2, 3)))
    (tmp_path / "gameinfo.ini").write_text(
        "[Sequence]\ntrackletID_1= player team left;10\ntrackletID_2= ball;1\n"
        "trackletID_3= referee;main\n"
    )
    table = read_table(path)
    assert choose_rows(table, ()).kept.tolist() == [True, False, False]
    assert table.people[1].number == "10"
    assert table.people[1].team == "left"
    assert np.array_equal(choose_rows(table, ("ball",)).kept, [False, True, False])
