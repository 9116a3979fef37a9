"""The page of dependencies names every package that a user installs."""

import re

import pytest


@pytest.fixture(scope="module")
def licences(root, module_at):
    return module_at(root / "tools" / "licences.py")


@pytest.fixture(scope="module")
def rows(licences):
    """Package → its licence, of the first table."""
    text = licences.PAGE.read_text(encoding="utf-8").partition(licences.BEGIN)[2]
    first = text.partition(licences.END)[0].partition("These bring")[0]
    first = first.partition("|---|---|---|")[2]
    return dict(re.findall(r"^\| ([a-z0-9-]+) \| [^|]+ \| ([^|]+) \|$", first, re.MULTILINE))


def test_every_package_that_users_install_is_on_the_page(licences, rows):
    assert set(rows) == set(licences.direct()), "python tools/licences.py --write"


def test_every_package_has_a_licence_that_lets_us_use_it(rows):
    for name, licence in rows.items():
        assert re.search(r"MIT|BSD|Apache|ZPL|PSF|MPL|ISC", licence), (name, licence)


def test_what_installed_packages_say_is_found(licences):
    assert licences.licence_of("click") == "BSD-3-Clause"
    assert licences.licence_of("numpy").startswith("BSD")
    assert licences.licence_of("no-such-package-at-all") == ""
    assert licences.normal("Foo_Bar.baz[x]>=3") == "foo-bar-baz"


def test_what_they_bring_is_followed_to_the_end(licences):
    brought = licences.brought_by({"dash"})
    assert {"flask", "werkzeug", "markupsafe"} <= set(brought)
    assert brought["werkzeug"] == {"dash"}


def test_what_lies_in_the_repository_has_its_licence_beside_it(root):
    page = (root / "docs" / "dependencies.md").read_text(encoding="utf-8")
    assert "BSD 2-Clause" in (root / "browser/assets/leaflet/LICENSE").read_text(encoding="utf-8")
    script = (root / "browser/assets/leaflet/leaflet.js").read_text(encoding="utf-8")
    version = re.search(r"Leaflet (\d+\.\d+\.\d+)", script)
    assert f"Leaflet {version[1]}" in page
