"""How files of tests are shared out over processes."""

from collections import Counter
from itertools import groupby

import pytest


@pytest.fixture
def sharing(module_at, root):
    """The module ``sharing.py``."""
    return module_at(root / "tests" / "sharing.py")


def test_every_part_of_a_group_is_there_and_in_one_group(sharing, root):
    tests = root / "tests"
    files = [path.relative_to(root).as_posix() for path in tests.rglob("test_*.py")]
    groups = Counter(map(sharing.group_of, files))
    for name, parts in sharing.GROUPS.items():
        found = [[f for f in files if f.startswith(f"tests/{part}")] for part in parts]
        assert all(found), (name, parts)
        assert groups[name] == len({file for some in found for file in some})


def test_a_file_of_no_group_is_its_own(sharing):
    assert sharing.group_of("tests/test_sharing.py") == "tests/test_sharing.py"
    assert sharing.group_of("tests/faults/test_kill.py") == "faults"


def test_groups_are_whole_and_come_first(sharing, request):
    items = list(request.session.items)
    sharing.groups_first(items)
    order = [
        one for one, _ in groupby(sharing.group_of(i.nodeid.partition("::")[0]) for i in items)
    ]
    assert len(order) == len(set(order))
    begun = [name for name in order if name in sharing.GROUPS]
    assert begun == order[: len(begun)]
    assert sorted(map(id, items)) == sorted(map(id, request.session.items))
