"""Adding a folder from the page, in a real Chromium: it asks before anything is written."""


def test_a_folder_is_chosen_agreed_to_and_added(visit, until, tmp_path):
    (tmp_path / "holiday <b>").mkdir()
    page = visit("#/")
    page.click("#fa-add")
    page.wait_for_selector("#fa-add-folder[open]")
    until(page, "document.querySelector('#fa-folder').value.startsWith('/')")
    page.fill("#fa-folder", str(tmp_path / "holiday <b>"))
    page.click("#fa-next")
    page.wait_for_selector("#fa-agree")
    text = page.inner_text("#fa-add-folder")
    assert "are not changed" in text
    assert "frameatlas index" in text
    assert "holiday <b>" in text
    page.click("#fa-agree")
    page.wait_for_selector("#fa-show-it")
    assert "pictured.atlas is written" in page.inner_text("#fa-add-folder")
    page.keyboard.press("Escape")


def test_a_folder_that_is_not_there_is_said_and_nothing_is_asked(visit, until):
    page = visit("#/")
    page.tolerated.append("400")
    page.click("#fa-add")
    until(page, "document.querySelector('#fa-folder').value.startsWith('/')")
    page.fill("#fa-folder", "/no/such/folder")
    page.click("#fa-next")
    page.wait_for_selector("#fa-add-folder .fa-bad:has-text('not there')")
    assert page.locator("#fa-agree").count() == 0
    page.keyboard.press("Escape")


def test_a_film_that_was_moved_is_looked_for(visit, until):
    page = visit("#/f=60/p=frame")
    page.click("#fa-find-it")
    page.wait_for_selector("#fa-add-folder[open]")
    assert "where they are now" in page.inner_text("#fa-add-folder")
    page.keyboard.press("Escape")


def test_words_and_shots_are_offered_as_jobs(visit, until):
    page = visit("#/")
    page.click("#fa-add")
    page.wait_for_selector("#fa-add-folder[open]")
    page.select_option("#fa-add-kind", "shots")
    page.click("#fa-next")
    page.wait_for_selector("#fa-agree")
    assert "frameatlas shots" in page.inner_text("#fa-add-folder")
    page.click("#fa-agree")
    page.wait_for_selector("#fa-show-it")
    page.keyboard.press("Escape")
    page.evaluate("FrameAtlas.addFolder.open('words')")
    page.wait_for_selector(".fa-folders button")
    assert page.input_value("#fa-folder") == ""
    page.click("#fa-next")
    page.wait_for_selector("#fa-agree")
    assert "frameatlas words" in page.inner_text("#fa-add-folder")
    page.keyboard.press("Escape")


def test_the_map_is_drawn_anew_with_another_spread(visit):
    page = visit("#/")
    page.click("#fa-add")
    page.wait_for_selector("#fa-add-folder[open]")
    page.select_option("#fa-add-kind", "relayout")
    page.select_option("#fa-spread", "time")
    page.click("#fa-next")
    page.wait_for_selector("#fa-agree")
    assert "--spread time" in page.inner_text(".fa-command")
    page.keyboard.press("Escape")
