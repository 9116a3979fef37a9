"""What we write is what the programs' own libraries read, where those are installed."""

import json
import os

import numpy as np
import pytest

from frameatlas.bins.stored import edit_bins, rows_of, with_frames
from frameatlas.cli.footage.table import table_columns
from frameatlas.handover.datasets.labels import bins_of_labels
from frameatlas.handover.datasets.read import read_labels
from frameatlas.handover.datasets.write import write_dataset


@pytest.fixture
def dataset(tmp_atlas, tmp_path):
    """``dataset(ending)``: frames 1, 2 and 20, of which 1 and 20 are in a bin."""
    rows = rows_of(tmp_atlas, [1, 20])
    edit_bins(tmp_atlas.folder, lambda now: with_frames(now, "sea & <sun>", rows))

    def write(ending):
        place = tmp_path / f"d{ending}"
        write_dataset(place, tmp_atlas, table_columns(tmp_atlas), np.array([1, 2, 20]))
        return place

    return write


@pytest.mark.process
def test_datumaro_reads_our_cvat_and_we_read_its(dataset, tmp_atlas, tmp_path):
    dm = pytest.importorskip("datumaro", reason="datumaro is not installed")
    read = dm.Dataset.import_from(str(dataset(".cvat")), "cvat")
    names = read.categories()[dm.AnnotationType.label]
    found = [[names[a.label].name for a in item.annotations] for item in read]
    assert found == [["sea & <sun>"], [], ["sea & <sun>"]]
    read.export(str(tmp_path / "out"), "cvat", save_media=False)
    again = read_labels(tmp_path / "out" / "annotations.xml")
    assert bins_of_labels(tmp_atlas, again, tmp_path) == ({"sea & <sun>": [1, 20]}, 0)


@pytest.mark.process
def test_label_studios_own_classes_take_our_tasks(dataset):
    li = pytest.importorskip(
        "label_studio_sdk.label_interface", reason="label-studio-sdk is not installed"
    )
    place = dataset(".labelstudio")
    view = li.LabelInterface((place / "labels.xml").read_text())
    tasks = json.loads((place / "tasks.json").read_text())
    told = [one for task in tasks for one in task.get("predictions", ())]
    assert [view.validate_prediction(one, return_errors=True) for one in told] == [[], []]


@pytest.mark.process
def test_fiftyones_own_documents_hold_our_dataset(dataset):
    os.environ.setdefault("FIFTYONE_DO_NOT_TRACK", "true")
    fo = pytest.importorskip("fiftyone", reason="fiftyone is not installed")
    place = dataset(".fiftyone")
    loaded = fo.core.odm.import_document(str(place / "metadata.json"))
    document = fo.core.odm.DatasetDocument.from_dict(loaded)
    fields = {one.name: one.to_field() for one in document.sample_fields}
    assert isinstance(fields["pts"], fo.IntField)
    documents, _ = fo.core.odm.import_collection(str(place / "samples.json"), key="samples")
    samples = [fo.Sample.from_dict(one) for one in documents]
    assert [one.tags for one in samples] == [["sea & <sun>"], [], ["sea & <sun>"]]
    assert samples[0].metadata.width == 64
