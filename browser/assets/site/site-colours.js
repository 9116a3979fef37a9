/* A coloured edge around every picture, by video, folder, time in the video or group, and what the colours mean. */
(function (site) {
  "use strict";

  const byId = (id) => document.getElementById(id);
  let layer = null;
  let asked = 0; // colours that were chosen: those of an earlier choice may come late

  const videos = () => site.about.sources.map(([name, , frames], n) => ({ n, name, size: frames })).filter((one) => one.size);
  const groups = () => (site.about.groups || []).map(([name, size], n) => ({ n, name, size }));

  /* A folder is named by its largest video: names of folders stay with whoever made the site. */
  function folders() {
    const { folders: of, sources } = site.about;
    const found = [];
    sources.forEach(([name, , frames], n) => {
      if (!frames) return;
      const folder = (found[of[n]] = found[of[n]] || { n: of[n], size: 0, most: 0, videos: 0 });
      folder.size += frames;
      folder.videos += 1;
      if (frames > folder.most) Object.assign(folder, { most: frames, first: name });
    });
    return found.filter(Boolean).map((one) => ({ ...one, name: one.first + (one.videos > 1 ? ` and ${one.videos - 1} more` : "") }));
  }

  /* What frames are told apart by: names and sizes of the categories, and the one of a frame. */
  const KINDS = {
    video: { title: "By video", categories: videos, of: (frame) => site.sourceOf(frame) },
    folder: { title: "By folder", categories: folders, of: (frame) => site.about.folders[site.sourceOf(frame)] },
    group: { title: "By group", categories: groups, of: (frame) => site.groupOf[frame], script: "groups" },
  };

  function share(frame) {
    const [first, last] = site.range(site.sourceOf(frame));
    return (frame - first) / Math.max(1, last - first - 1);
  }

  /* The twelve largest have colours. */
  function coloured(categories) {
    const { COLOURS, REST } = window.AtlasPalette;
    const large = [...categories].sort((a, b) => b.size - a.size || a.n - b.n).slice(0, COLOURS.length);
    const known = new Map(large.map(({ n }, k) => [n, COLOURS[k]]));
    return { large, colour: (n) => known.get(n) || REST, rest: categories.length - large.length };
  }

  function drawn(canvas, { z, x, y }, colour) {
    const { depth, levels } = site.about;
    const level = levels[Math.min(z, depth)];
    const across = 2 ** (level - Math.min(z, depth));
    const dense = window.devicePixelRatio || 1;
    const context = canvas.getContext("2d");
    context.scale(dense, dense);
    const [width, height] = [canvas.width / dense / across, canvas.height / dense / across];
    for (let row = 0; row < across; row++) {
      for (let column = 0; column < across; column++) {
        const frame = site.inCell(x * across + column, y * across + row, level);
        if (frame < 0) continue;
        window.AtlasPalette.edge(context, colour(frame), { x: column * width, y: row * height, width, height });
      }
    }
  }

  function edges(colour) {
    const { L } = window;
    const { tile, depth } = site.about;
    const Edges = L.GridLayer.extend(window.AtlasGrid(L.GridLayer)).extend({
      createTile(coords) {
        const canvas = document.createElement("canvas");
        const dense = window.devicePixelRatio || 1;
        [canvas.width, canvas.height] = [tile[0] * dense, tile[1] * dense];
        canvas.className = "edges";
        drawn(canvas, coords, colour);
        return canvas;
      },
    });
    const bounds = L.latLngBounds([-tile[1], 0], [0, tile[0]]);
    return new Edges({ tileSize: L.point(tile[0], tile[1]), bounds, noWrap: true, minZoom: -9, maxZoom: 99, minNativeZoom: 0, maxNativeZoom: depth, updateWhenZooming: false, zIndex: 5 });
  }

  function legend(rows, more) {
    const list = byId("legend");
    list.replaceChildren(
      ...rows.map(([background, text]) => {
        const item = document.createElement("li");
        const dot = document.createElement("i");
        dot.style.background = background;
        const label = document.createElement("span");
        label.textContent = text;
        item.append(dot, label);
        return item;
      }),
    );
    if (more) list.append(more);
    list.hidden = !rows.length;
  }

  async function choose(by) {
    const mine = (asked += 1);
    if (layer) layer.remove();
    layer = null;
    legend([]);
    if (!by) return;
    if (by === "time") {
      const { ramp, RAMP } = window.AtlasPalette;
      layer = edges((frame) => ramp(share(frame))).addTo(site.map.map);
      return legend([[`linear-gradient(90deg, ${RAMP.join(", ")})`, "first moment … last"]]);
    }
    const kind = KINDS[by];
    try {
      if (kind.script && !site.groupOf) await site.load(kind.script);
    } catch (error) {
      return site.say(error.message);
    }
    if (mine !== asked) return;
    const { large, colour, rest } = coloured(kind.categories());
    layer = edges((frame) => colour(kind.of(frame))).addTo(site.map.map);
    const others = rest > 0 ? [[window.AtlasPalette.REST, `and ${rest} more`]] : [];
    legend([...large.map(({ n, name }) => [colour(n), name]), ...others]);
  }

  const begin = site.begin;
  site.begin = async function () {
    await begin();
    if (!site.known) return;
    const box = byId("colour");
    box.querySelector("[value=folder]").hidden = folders().length < 2;
    box.querySelector("[value=group]").hidden = !(site.about.groups || []).length;
    box.hidden = false;
    box.onchange = () => choose(box.value);
  };
})(window.FrameSite);
