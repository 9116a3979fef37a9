"""``/api/words``, ``/api/say``, ``/api/heat``: frames that fit a sentence."""

from collections.abc import Mapping

from flask import Blueprint, Response, request

from frameatlas.browser.view.filters import Filter
from frameatlas.browser.view.library import Library
from frameatlas.browser.view.sentences import Sentence, Sentences, fitting, heat_points
from frameatlas.browser.web.parameters import real, switch, whole
from frameatlas.browser.web.responses import as_binary, as_json
from frameatlas.search.word_rows import words_of

OPENING = "The network is being opened."


def sentence_routes(library: Library) -> Blueprint:
    """Search and heat by a sentence."""
    routes = Blueprint("sentences", __name__)
    sentences = Sentences(library.tools.describe_texts)

    @routes.get("/api/words")
    def words() -> Response:
        opened = library.map_of(request.args.get("map"))
        record = opened.atlas.manifest.words
        return as_json(
            {
                "there": library.tools.take_sentences(opened.atlas),
                "descriptor": record.descriptor if record else None,
                "sources": len(record.files) if record else 0,
            }
        )

    @routes.get("/api/say")
    def say() -> Response:
        opened = library.map_of(request.args.get("map"))
        asked = sentence_of(request.args)
        words_of(opened.atlas)
        if not sentences.ready(opened):
            return as_json({"opening": OPENING}, status=202)
        count = whole(request.args, "count", 1, 200, 24)
        every = switch(request.args, "all")
        return as_json({"nearest": fitting(opened, sentences, asked, count, every=every)})

    @routes.get("/api/heat/<map_id>")
    def heat(map_id: str) -> Response:
        opened = library.map_of(map_id)
        asked = sentence_of(request.args)
        words_of(opened.atlas)
        if not sentences.ready(opened):
            return as_json({"opening": OPENING}, status=202)
        shown, window = Filter.parse(request.args), _window(request.args)
        rows, total = heat_points(opened, sentences, asked, shown, window)
        return as_binary(rows, {"X-Total": total}, forever=False)

    return routes


def sentence_of(query: Mapping[str, str]) -> Sentence:
    """The sentence of a request."""
    return Sentence(query.get("text", ""), query.get("not", ""))


def _window(query: Mapping[str, str]) -> tuple[float, float, float, float] | None:
    if "left" not in query:
        return None
    left, bottom, right, top = (
        real(query, side, -1e30, 1e30, None) for side in ("left", "bottom", "right", "top")
    )
    return left, bottom, right, top
