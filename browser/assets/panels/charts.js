/* The charts: Plotly draws them from what the server says through Dash. Both are large, so they come when the panel opens. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  const HOME = "/charts/";
  let last = "";
  let loading = null; // until Dash is there
  let place = null; // what Dash fills

  function video() {
    const { way, f, v } = FA.state.value;
    if (way.length) return way[0];
    if (f !== null) return FA.when.sourceOf(f).n;
    if (v.length) return v[0];
    return (FA.atlas.sources.find((one) => one.frames) || { n: 0 }).n;
  }

  /* One script after the other, as Dash's own page has them. */
  const script = (src) =>
    new Promise((resolve, reject) => {
      const element = FA.h("script", { src, onload: resolve });
      element.addEventListener("error", () => reject(new Error("The charts could not be loaded; open the panel again.")));
      document.head.append(element);
    });

  /* Dash's page at HOME says what Dash needs: a configuration, scripts, an element to live in. */
  async function load() {
    const text = await (await FA.api.answer(HOME)).text();
    const page = new DOMParser().parseFromString(text, "text/html");
    const config = page.getElementById("_dash-config");
    document.body.append(FA.h("script", { id: "_dash-config", type: "application/json" }, config.textContent));
    for (const one of page.querySelectorAll("script[src]")) await script(one.getAttribute("src"));
    new window.DashRenderer();
    await there(() => window.dash_clientside && window.dash_clientside.set_props && FA.byId("fa-charts"));
    new MutationObserver(drawn).observe(FA.byId("fa-charts"), { childList: true, subtree: true });
  }

  /* When something is true; Dash says nothing when it has begun. */
  const there = (isThere) =>
    new Promise((resolve) => {
      const look = () => (isThere() ? resolve(true) : setTimeout(look, 30));
      look();
    });

  async function fill(box) {
    if (!place) {
      place = FA.h("div", { id: "react-entry-point" });
      FA.fill(box, FA.h("div", { id: "fa-charts-wait" }), place);
    }
    const wait = FA.byId("fa-charts-wait");
    if (!loading) FA.fill(wait, FA.skeleton("Loading the charts: the library that draws them is large…", "picture"));
    loading ||= load();
    try {
      await loading;
      ask();
    } catch (error) {
      loading = null;
      FA.fill(wait, FA.note(error.message, true));
    }
  }

  function ask() {
    if (FA.state.value.p !== "charts" || !window.dash_clientside || !window.dash_clientside.set_props) return;
    const data = { video: video(), dark: FA.theme.dark(), map: FA.atlas.map };
    if (JSON.stringify(data) === last) return;
    last = JSON.stringify(data);
    window.dash_clientside.set_props("fa-charts-of", { data });
  }

  /* What is there takes the place of what was waited for; a press on the novelty of a video opens that moment. */
  function drawn() {
    const wait = FA.byId("fa-charts-wait");
    if (document.querySelector("#fa-charts .main-svg, #fa-charts .fa-note")) FA.fill(wait);
    else if (!wait.firstChild) FA.fill(wait, FA.skeleton("Drawing the charts…", "picture"));
    const chart = document.querySelector("#fa-chart-novelty .js-plotly-plot");
    if (!chart || !chart.on || chart.dataset.pressable) return;
    chart.dataset.pressable = "yes";
    const of = video();
    chart.on("plotly_click", async (event) => {
      const found = await FA.api.json(`/api/moment/${of}?seconds=${event.points[0].x}`).catch(FA.api.complain);
      if (found) FA.openFrame(found.frame);
    });
  }

  FA.charts = { ask };
  FA.panel({ name: "charts", title: "Charts", icon: "chart", rank: 5, on: ["way", "f", "v"], fill });
})((window.FrameAtlas = window.FrameAtlas || {}));
