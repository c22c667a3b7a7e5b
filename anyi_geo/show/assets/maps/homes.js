/* The homes map: before and after the consolidation, who moves where, home by home. */
function anyiHomes(map, data) {
  "use strict";
  var page = anyiBase(map, data), after = true, chosen = null;
  var homes = L.layerGroup(), moves = L.layerGroup(), entries = [];
  var radius = function (persons) { return 5 + Math.sqrt(Math.max(0, persons)); };
  /* The small ones are drawn last, over the large. */
  var bySize = function () {
    return data.homes.slice().sort(function (a, b) { return after ? b.size[1] - a.size[1] : b.size[0] - a.size[0]; });
  };
  var draw = function () {
    homes.clearLayers();
    moves.clearLayers();
    bySize().forEach(function (home) {
      var r = radius(home.size[after ? 1 : 0]);
      page.sign(home, page.disc(after ? home.color : data.beforeColor, r), "sites", 2 * r).addTo(homes);
    });
    page.names.beside(homes, data.homes.map(function (home) {
      return {
        at: [home.lat, home.lon], text: home.short + " " + (after ? home.before + "→" + home.after : home.before) + " 人",
        cls: "am-site", pane: "names", weight: home.hub ? 1e9 : home.size[0], room: radius(home.size[after ? 1 : 0]) + 1
      };
    }));
    if (!after) { return; }
    data.moves.forEach(function (move) {
      var dim = chosen !== null && move.from !== chosen && move.to !== chosen;
      var line = page.unpack(move.line);
      if (line.length < 2) { return; }
      L.polyline(line, { renderer: page.renderer.move, color: "#6f42a8", weight: 1.5 + move.persons / 10, opacity: dim ? .12 : .75 })
        .bindPopup(function () { return page.table(move.title, move.rows); }).addTo(moves);
      if (!dim) { page.arrow(line, "#4b2e83").addTo(moves); }
    });
  };
  var choose = function (id) {
    chosen = chosen === id ? null : id;
    entries.forEach(function (entry) { entry.node.setAttribute("aria-pressed", String(entry.id === chosen)); });
    draw();
  };
  page.title([page.figures(data.figures)]);
  var sizes = ["key", page.circles(data.homeSizes.map(function (persons) { return [persons, radius(persons)]; })), "人入住"];
  page.legend([
    ["整合后的用途", data.homeLegend.map(function (h) { return ["dot", "background:" + h.color, h.text]; }).concat([sizes]), [homes], "", function () { return after; }],
    ["整合前的敬老院", [["dot", "background:" + data.beforeColor, "在用的院"], sizes], [homes], "", function () { return !after; }],
    ["老人去向", [["line", "border-color:#6f42a8", "搬迁路线（线宽按人数）"]], [moves], "", function () { return after; }],
    page.roadLegend
  ]);
  var list = page.el("div", "am-list");
  data.homes.forEach(function (home) {
    var entry = page.el("button", "", home.line), state = page.el("small", "", home.state), mark = page.el("i");
    mark.style.background = home.color;
    entry.insertBefore(mark, entry.firstChild);
    entry.appendChild(state);
    entry.type = "button";
    entry.setAttribute("aria-pressed", "false");
    entry.addEventListener("click", function () { choose(home.id); });
    list.appendChild(entry);
    entries.push({ id: home.id, node: entry });
  });
  draw();
  page.tools(
    [page.choice("整合前后", ["整合后", "整合前"], 0, function (n) { after = n === 0; draw(); page.legendAnew(); }), page.el("p", "quiet", "点院名只看它的去向："), list],
    [page.base, ["敬老院", [["院舍", homes, true], ["老人去向", moves, true]]]]
  );
  page.finish();
}
