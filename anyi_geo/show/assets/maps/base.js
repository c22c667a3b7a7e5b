/* What every map page shares: ground, popups, keys. Names reach the page only through textContent. */
function anyiBase(map, data) {
  "use strict";
  map.attributionControl.setPrefix(false);
  map.options.zoomSnap = 0.125;
  if (map.zoomControl) { map.zoomControl.remove(); }
  L.control.zoom({ position: "bottomright", zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(map);
  var page = { map: map, data: data, layers: {}, renderer: {}, printing: [], frame: map.getContainer() };

  var el = page.el = function (tag, cls, text) {
    var node = document.createElement(tag);
    if (cls) { node.className = cls; }
    if (text !== undefined && text !== null) { node.textContent = text; }
    return node;
  };
  /* A name on the map; the whole of it stands in the popup. */
  page.short = function (name) { return name.length > 12 ? name.slice(0, 11) + "…" : name; };
  page.unpack = function (line) {
    var out = [], x = 0, y = 0;
    for (var k = 0; k < line.length; k += 2) { y += line[k]; x += line[k + 1]; out.push([y / 1e5, x / 1e5]); }
    return out;
  };
  var filled = function (value) { return value !== "" && value !== null && value !== undefined; };
  page.table = function (title, rows) {
    var box = el("div"), body = el("table");
    if (title) { box.appendChild(el("h2", "", title)); }
    rows.filter(function (row) { return filled(row[1]); }).forEach(function (row) {
      var line = el("tr");
      line.appendChild(el("td", "", row[0]));
      line.appendChild(el("td", "", row[1]));
      body.appendChild(line);
    });
    box.appendChild(body);
    return box;
  };
  /* A small table with headings; a cell is text or [text, class]. */
  page.grid = function (head, rows) {
    var body = el("table", "am-grid");
    [head].concat(rows).forEach(function (cells, k) {
      var line = el("tr");
      cells.forEach(function (cell) { line.appendChild(el(k ? "td" : "th", Array.isArray(cell) ? cell[1] : "", Array.isArray(cell) ? cell[0] : cell)); });
      body.appendChild(line);
    });
    return body;
  };
  page.minutes = function (value) { return value === null ? "无路可达" : value.toFixed(1) + " 分钟"; };
  page.colour = function (value, scale) {
    if (value === null) { return scale.none; }
    for (var k = 0; k < scale.steps.length; k++) {
      if (value <= scale.steps[k].to) { return scale.steps[k].color; }
    }
    return scale.beyond;
  };

  /* Opens a popup. Who comes by keyboard is led into it, and back to where he came from. */
  page.popup = function (place, content, from) {
    var popup = L.popup({ minWidth: Math.min(320, map.getSize().x - 60), maxWidth: Math.min(420, map.getSize().x - 50) }).setLatLng(place).setContent(content).openOn(map);
    if (!from) { return; }
    content.tabIndex = -1;
    content.focus({ preventScroll: true });
    popup.once("remove", function () { if (!document.activeElement || document.activeElement === document.body || popup.getElement().contains(document.activeElement)) { from.focus({ preventScroll: true }); } });
  };
  page.frame.setAttribute("aria-label", "地图：方向键平移，加减号缩放，回车打开中心附近的人口点，Tab 键逐个选点位，回车打开说明，Esc 关闭");
  page.frame.addEventListener("keydown", function (e) {
    if (e.key === "Escape") { map.closePopup(); }
    if (e.key === "Enter" && e.target === page.frame && page.pick) { page.pick(); e.preventDefault(); }
  });
  /* The frame of what is chosen is for those who use the keyboard. */
  document.addEventListener("keydown", function () { document.body.classList.add("am-keys"); });
  document.addEventListener("pointerdown", function () { document.body.classList.remove("am-keys"); });
  page.frame.appendChild(el("div", "am-cross", "+"));
  map.on("popupopen", function (e) {
    var close = e.popup.getElement().querySelector(".leaflet-popup-close-button");
    if (close) { close.setAttribute("aria-label", "关闭"); close.title = "关闭"; }
  });

  /* Panes from the ground up; what a swipe cuts has a pane of its own. */
  var panes = { ground: 210, shade: 215, area: 220, road: 230, under: 405, left: 410, right: 420, move: 430, leftSites: 450, rightSites: 451, sites: 452, names: 460, leftNames: 461, rightNames: 462 };
  Object.keys(panes).forEach(function (name) { map.createPane(name).style.zIndex = panes[name]; });
  ["ground", "shade", "area", "road", "names", "leftNames", "rightNames"].forEach(function (name) { map.getPane(name).style.pointerEvents = "none"; });
  ["road", "under", "left", "right", "move"].forEach(function (name) {
    page.renderer[name] = L.canvas({ pane: name, padding: 0.3, tolerance: 3 });
  });

  /* ground */
  page.outline = L.geoJSON(data.outline, { pane: "area", interactive: false, style: { color: "#4a4c50", weight: 1.6, fill: false } }).addTo(map);
  if (data.terrain) {
    L.imageOverlay(data.terrain.url, data.terrain.bounds, { pane: "ground", interactive: false, opacity: .9 }).addTo(map);
  }
  var strokes = function (lines, style) {
    style.renderer = page.renderer.road;
    style.interactive = false;
    return L.polyline(lines.map(page.unpack), style);
  };
  page.layers.rivers = L.layerGroup(data.rivers.map(function (r) { return strokes(r.lines, { color: "#a9cfe4", weight: r.weight }); }));
  page.layers.roads = L.layerGroup(data.roads.map(function (r) { return strokes(r.lines, { color: r.color, weight: r.weight, opacity: .9 }); }));
  page.layers.towns = L.geoJSON(data.townships, { pane: "area", interactive: false, style: { color: "#7a7c80", weight: 1, dashArray: "5 4 1 4", fill: false } });
  anyiDrawings(page);
  page.names = anyiNames(page);
  /* `beside`, one per township, stands behind the name. */
  page.townNames = function (beside) {
    page.names.beside(page.layers.towns, data.townNames.map(function (town, k) {
      return { at: [town.lat, town.lon], text: page.short(town.name) + (beside ? " " + beside[k] : ""), cls: "am-town" + (beside ? " am-share" : ""), pane: "names", weight: beside ? 2e9 : 0, centred: true };
    }));
  };
  page.townNames();
  page.mealLegend = function (modes) {
    return modes.map(function (m) { return ["svg", m.central ? page.square(m.color, 14) : page.triangle(m.color), m.text]; });
  };
  anyiPanels(page);
  anyiFrame(page);
  return page;
}
