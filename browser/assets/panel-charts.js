/* Tells the server which charts are looked at; Plotly draws them there, Dash brings them here. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  let last = "";

  function video() {
    const { way, f, v } = FA.state.value;
    if (way.length) return way[0];
    if (f !== null) return FA.colour.sourceOf(f).n;
    if (v.length) return v[0];
    return (FA.atlas.sources.find((one) => one.frames) || { n: 0 }).n;
  }

  function ask() {
    if (FA.state.value.p !== "charts" || !window.dash_clientside || !window.dash_clientside.set_props) return;
    const data = { video: video(), dark: FA.theme.dark(), map: FA.atlas.map };
    if (JSON.stringify(data) === last) return;
    last = JSON.stringify(data);
    window.dash_clientside.set_props("fa-charts-of", { data });
  }

  /* A press on the novelty of a video opens that moment. */
  function pressable() {
    const chart = document.querySelector("#fa-chart-novelty .js-plotly-plot");
    if (!chart || !chart.on || chart.dataset.pressable) return;
    chart.dataset.pressable = "yes";
    const of = video();
    chart.on("plotly_click", async (event) => {
      const found = await FA.api
        .json(`/api/moment/${of}?seconds=${event.points[0].x}`)
        .catch((error) => FA.toast(error.message, true));
      if (found) FA.openFrame(found.frame);
    });
  }

  FA.charts = {
    ask,
    begin() {
      FA.drawer.fill("charts", ask);
      new MutationObserver(pressable).observe(FA.byId("fa-charts"), { childList: true, subtree: true });
      FA.state.on(["p", "way", "f", "v"], ask);
    },
  };
})((window.FrameAtlas = window.FrameAtlas || {}));
