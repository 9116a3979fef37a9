"""Ranking folders from end to end, with figures of known people and colours as features."""

import csv
import json
from functools import partial

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from frameatlas.errors import InputError, SourceError
from frameatlas.reid.ranking import rank as rank_module
from frameatlas.reid.ranking.datasets import read_people
from frameatlas.reid.ranking.features import describe_people
from frameatlas.reid.ranking.kept_features import describe_and_keep
from frameatlas.reid.ranking.rank import RankOptions, rank_people
from frameatlas.reid.ranking.report import RIGHT, WRONG, write_sheet, write_table
from frameatlas.reid.synthetic.figure import Pose, draw_figure
from frameatlas.reid.synthetic.people import make_people


def figure(path, person, facing):
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn = Image.fromarray(draw_figure(person, Pose(facing, 0.0, 0.0), 120))
    ground = Image.new("RGBA", drawn.size, (70, 140, 60, 255))
    Image.alpha_composite(ground, drawn).convert("RGB").save(path)


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    folder = tmp_path_factory.mktemp("market")
    for person in make_people(3, 1.0, seed=1):
        who = f"{person.identity:04d}"
        figure(folder / "query" / f"{who}_c1s1_000001_00.jpg", person, 0.3)
        for camera in (1, 2, 3):
            name = f"{who}_c{camera}s1_{camera:06d}_01.jpg"
            figure(folder / "gallery" / name, person, 0.2 * camera)
    return folder


def colours(pixels, box):
    """Colours of 16 × 8 parts of a picture beside grass: enough to know a made-up player."""
    del box
    parts = pixels.reshape(len(pixels), 16, 16, 8, 16, 3).mean(axis=(2, 4))
    return (parts - (70, 140, 60)).reshape(len(pixels), -1)


def ranked(query, gallery, options):
    described = describe_people((*query.paths, *gallery.paths), colours)
    return rank_people(query, gallery, described, options)


@pytest.fixture(scope="module")
def ranking(market):
    query, gallery = read_people(market / "query"), read_people(market / "gallery")
    return ranked(query, gallery, RankOptions(top=5))


def test_the_right_people_come_first(ranking):
    scores = ranking.scores["standard"]
    assert scores.queries == 6
    assert scores.cmc[0] >= 0.8
    assert ranking.scores["trapezoid"].mean_precision <= scores.mean_precision
    assert ranking.protocol.startswith("Market-1501")
    assert all(len(order) == 5 for order in ranking.order)


def test_the_same_camera_is_never_found(ranking):
    for number, order in enumerate(ranking.order):
        for found in order:
            same = ranking.gallery.person[found] == ranking.query.person[number]
            assert not (same and ranking.gallery.camera[found] == 1)


@pytest.mark.parametrize("options", [RankOptions(rerank=True), RankOptions(camera_norm=True)])
def test_other_ways_to_compare(market, options):
    query, gallery = read_people(market / "query"), read_people(market / "gallery")
    assert ranked(query, gallery, options).scores["standard"].mean_precision > 0.5


def test_the_table_and_the_sheet(ranking, tmp_path):
    write_table(ranking, tmp_path / "ranking.csv")
    with (tmp_path / "ranking.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 30
    assert list(rows[0]) == ["query", "rank", "picture", "distance", "match"]
    first = [row for row in rows if row["rank"] == "1"]
    share = np.mean([row["match"] == "1" for row in first])
    assert share == pytest.approx(ranking.scores["standard"].cmc[0])
    assert write_sheet(ranking, tmp_path / "ranking.png") == 6
    with Image.open(tmp_path / "ranking.png") as sheet:
        colours_seen = {colour for _, colour in sheet.getcolors(1 << 24)}
    assert {RIGHT, WRONG} <= colours_seen


def test_names_that_tell_nothing_are_ranked_without_scores(market, tmp_path):
    for number, path in enumerate(sorted((market / "query").iterdir())):
        (tmp_path / f"person {number}.jpg").write_bytes(path.read_bytes())
    folder = read_people(tmp_path)
    ranking = ranked(folder, folder, RankOptions())
    assert not ranking.scores
    assert ranking.match is None
    write_table(ranking, tmp_path / "ranking.csv")
    assert ",\n" in (tmp_path / "ranking.csv").read_text()
    assert write_sheet(ranking, tmp_path / "ranking.png") == 6


def test_a_picture_that_is_none(market, tmp_path):
    (tmp_path / "0001_c1s1_000001_00.jpg").write_bytes(b"not a picture")
    folder = read_people(tmp_path)
    with pytest.raises(SourceError, match="take it out of its folder"):
        ranked(folder, read_people(market / "gallery"), RankOptions())


def test_what_cannot_be_wished():
    with pytest.raises(InputError, match="--top"):
        RankOptions(top=0)


class Engine:
    """In place of the network, which takes seconds to open."""

    name = identity = "colours"
    batch = 8

    def describe(self, crops):
        parts = crops.reshape(len(crops), 13, 23, 13, 23, 3).mean(axis=(2, 4)).astype(np.float32)
        return np.resize(parts.reshape(len(crops), -1) - 128, (len(crops), 2048))

    def close(self):
        pass


def test_the_command(market, tmp_path, monkeypatch):
    from frameatlas.cli.players_rank import rank

    monkeypatch.setattr(
        "frameatlas.embedder.describe.engine.open_engine", lambda name, weights: Engine()
    )
    folders = ["--query", str(market / "query"), "--gallery", str(market / "gallery")]
    output = ["-o", str(tmp_path / "out.png")]
    shown = CliRunner().invoke(rank, [*folders, *output], standalone_mode=False)
    assert shown.exception is None
    assert "Protocol: Market-1501" in shown.stdout
    assert "average precision: trapezoid" in shown.stdout
    assert (tmp_path / "out.csv").is_file()
    assert (tmp_path / "out.features.h5").is_file()
    monkeypatch.setattr(
        "frameatlas.embedder.describe.engine.open_engine", lambda name, weights: 1 / 0
    )
    shown = CliRunner().invoke(rank, [*folders, *output, "--json"], standalone_mode=False)
    assert json.loads(shown.stdout)["scores"]["standard"]["queries"] == 6
    wrong = CliRunner().invoke(rank, [*folders, "-o", "a.gif"], standalone_mode=False)
    assert isinstance(wrong.exception, InputError)
    nowhere = ["-o", str(tmp_path / "no folder" / "out.png")]
    wrong = CliRunner().invoke(rank, [*folders, *nowhere], standalone_mode=False)
    assert "make" in str(wrong.exception)
    assert isinstance(wrong.exception, InputError)


def test_blocks_rank_as_the_whole(market, monkeypatch):
    query, gallery = read_people(market / "query"), read_people(market / "gallery")
    whole = ranked(query, gallery, RankOptions(rerank=True))
    for compare in ("reranked_blocks", "euclidean_blocks"):
        usual = getattr(rank_module, compare)
        monkeypatch.setattr(rank_module, compare, partial(usual, block=2))
    parts = ranked(query, gallery, RankOptions(rerank=True))
    assert parts.scores["standard"].mean_precision == pytest.approx(
        whole.scores["standard"].mean_precision
    )
    for one, other in zip(whole.order, parts.order, strict=True):
        np.testing.assert_array_equal(one, other)


class TestKeptFeatures:
    def described(self, market, file, network="colours", paths=None):
        asked = []

        def describe(pixels, box):
            asked.append(len(pixels))
            return colours(pixels, box)

        paths = paths or read_people(market / "gallery").paths
        rows = describe_and_keep(paths, lambda: describe, network, file)
        return rows, sum(asked)

    def test_what_is_kept_is_not_described_again(self, market, tmp_path):
        file = tmp_path / "ranking.features.h5"
        first, described = self.described(market, file)
        assert described == 18
        again, described = self.described(market, file)
        assert described == 0
        np.testing.assert_array_equal(first.network, again.network)
        np.testing.assert_array_equal(first.colour, again.colour)

    def test_other_order_other_pictures_and_another_network(self, market, tmp_path):
        file = tmp_path / "ranking.features.h5"
        first, _ = self.described(market, file)
        paths = read_people(market / "gallery").paths
        back, described = self.described(market, file, paths=paths[::-1])
        np.testing.assert_array_equal(back.network[::-1], first.network)
        assert described == 0
        more = (*paths, *read_people(market / "query").paths)
        assert self.described(market, file, paths=more)[1] == 6
        assert self.described(market, file, network="another")[1] == 18

    @pytest.mark.parametrize(
        "harm", [lambda b: b[:100], lambda b: b[:-9] + bytes(9), lambda _: b""]
    )
    def test_a_damaged_file_is_made_again(self, market, tmp_path, harm):
        file = tmp_path / "ranking.features.h5"
        first, _ = self.described(market, file)
        file.write_bytes(harm(file.read_bytes()))
        again, _ = self.described(market, file)
        np.testing.assert_array_equal(first.network, again.network)

    def test_what_was_described_before_a_fault_is_kept(self, market, tmp_path, monkeypatch):
        monkeypatch.setattr("frameatlas.reid.ranking.features.BLOCK", 4)
        paths = read_people(market / "gallery").paths
        broken = tmp_path / "broken.jpg"
        broken.write_bytes(b"no picture")
        file = tmp_path / "ranking.features.h5"
        with pytest.raises(SourceError):
            self.described(market, file, paths=(*paths[:8], broken, *paths[8:]))
        assert self.described(market, file, paths=paths)[1] == 10

    def test_nothing_is_kept_where_nothing_is_to_be(self, market, tmp_path):
        assert self.described(market, None)[1] == 18
        assert not list(tmp_path.iterdir())


def test_a_descriptor_takes_the_place_of_the_network(market, tmp_path):
    from frameatlas.cli.players_rank import rank
    from frameatlas.reid.learn.descriptor import make_descriptor
    from frameatlas.reid.learn.networks.heads import Architecture, build_network

    network = build_network(Architecture("tiny", "neck", 32, 16))
    make_descriptor(network, {}).save(tmp_path / "club.descriptor")
    words = ["--query", str(market / "query"), "--gallery", str(market / "gallery"), "--json"]
    words += ["-o", str(tmp_path / "out.png"), "--descriptor", str(tmp_path / "club.descriptor")]
    shown = CliRunner().invoke(rank, words, standalone_mode=False)
    assert shown.exception is None, shown.output
    assert json.loads(shown.stdout)["scores"]["standard"]["queries"] == 6
    wrong = CliRunner().invoke(rank, [*words[:-1], str(tmp_path / "gone")], standalone_mode=False)
    assert "train one" in str(wrong.exception)
