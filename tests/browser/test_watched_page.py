"""The watched page of ``conftest.py`` sees what it is there for."""

import pytest


@pytest.fixture
def complaints(chromium):
    """Use ``open_page`` on a text of HTML and give what it complains of."""

    def use(html):
        from importlib.util import module_from_spec, spec_from_file_location
        from pathlib import Path

        spec = spec_from_file_location("browser_conftest", Path(__file__).with_name("conftest.py"))
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        opened = module.open_page.__wrapped__(chromium)
        page = next(opened)()
        page.set_content(html)
        page.wait_for_timeout(100)
        with pytest.raises(AssertionError) as failed:
            next(opened, None)
        return str(failed.value)

    return use


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        ("<script>console.error('broken')</script>", "broken"),
        ("<script>throw new Error('thrown')</script>", "thrown"),
        ("<img src='http://example.invalid/a.png'>", "example.invalid"),
    ],
)
def test_a_page_that_complains_fails_its_test(complaints, html, seen):
    assert seen in complaints(html)


def test_a_quiet_page_passes(chromium_page):
    chromium_page.set_content("<p>Quiet</p>")
    assert chromium_page.inner_text("p") == "Quiet"
