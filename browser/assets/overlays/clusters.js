/* Clusters on the map: a representative frame and a name, which the person may write anew. */
(function (/** @type {PageParts} */ FA) {
  "use strict";

  let group = null;
  const key = (n) => `frameatlas:${FA.atlas.map}:cluster:${n}`;

  function name(cluster) {
    try {
      return localStorage.getItem(key(cluster.n)) || cluster.name || "Group " + (cluster.n + 1);
    } catch (_) {
      return cluster.name || "Group " + (cluster.n + 1);
    }
  }

  function rename(cluster, text) {
    try {
      if (text.trim()) localStorage.setItem(key(cluster.n), text.trim().slice(0, 60));
      else localStorage.removeItem(key(cluster.n));
    } catch (_) {
      FA.toast("This browser keeps no names: its storage is switched off.", true);
    }
    draw();
    FA.filters.update();
  }

  function edit(cluster, label, pencil) {
    let done = false; // leaving the field by Enter also blurs it
    const finish = (keep) => {
      if (done) return;
      done = true;
      if (keep) rename(cluster, input.value);
      else draw();
    };
    const input = FA.h("input", {
      class: "fa-input",
      value: "",
      "aria-label": "Name of the group",
      maxLength: 60,
      "data-takes-escape": "",
      onkeydown: (event) => {
        event.stopPropagation();
        if (event.key === "Enter" || event.key === "Escape") finish(event.key === "Enter");
      },
      onblur: () => finish(true),
      onclick: (event) => event.stopPropagation(),
    });
    input.value = name(cluster);
    pencil.remove();
    label.replaceWith(input);
    input.focus();
    input.select();
  }

  function badge(cluster) {
    const label = FA.h("span", {}, name(cluster));
    const pencil = FA.iconButton(
      "edit",
      "Rename " + name(cluster),
      (event) => {
        event.stopPropagation();
        edit(cluster, label, pencil);
      },
      { class: "fa-button fa-only-icon fa-tiny" },
    );
    const box = FA.h(
      "div",
      { class: "fa-cluster" },
      FA.h(
        "button",
        {
          type: "button",
          class: "fa-cluster-go",
          "aria-label": `Fly to ${name(cluster)}, ${FA.count(cluster.frames, "frame")}`,
          onclick: (event) => {
            event.stopPropagation();
            FA.map.fly(...cluster.place, FA.map.leaflet.getZoom() + 1.5);
          },
        },
        FA.h("img", { src: FA.api.picture(cluster.frame, 96), alt: "" }),
      ),
      label,
      pencil,
    );
    L.DomEvent.disableClickPropagation(box);
    return box;
  }

  async function draw() {
    if (!group) return;
    group.clearLayers();
    if (!FA.overlays.on("clusters")) return;
    try {
      for (const cluster of await FA.during("Finding groups…", FA.api.clusters())) {
        const icon = L.divIcon({ className: "fa-cluster-place", html: badge(cluster), iconSize: [0, 0] });
        L.marker(FA.map.toLatLng(...cluster.place), { icon, keyboard: false, interactive: false }).addTo(
          group,
        );
      }
    } catch (error) {
      FA.api.complain(error);
    }
  }

  FA.overlay({
    name: "clusters",
    title: "Groups",
    hint: "Representative frames with names",
    rank: 50,
    depth: 0,
  });
  FA.part("overlay", () => {
    group = L.layerGroup().addTo(FA.map.leaflet);
    FA.state.on(["o"], draw);
    draw();
  });

  FA.clusters = { name };
})((window.FrameAtlas = window.FrameAtlas || {}));
