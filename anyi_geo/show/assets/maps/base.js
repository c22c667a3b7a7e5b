/* What every map page shares: ground, panels, popups, print. Names reach the page only through textContent. */
function anyiBase(map, data) {
  "use strict";
  map.attributionControl.setPrefix(false);
  map.options.zoomSnap = 0.125;
  var page = { map: map, data: data, layers: {}, renderer: {}, printing: [] };

  var el = page.el = function (tag, cls, text) {
    var node = document.createElement(tag);
    if (cls) { node.className = cls; }
    if (text !== undefined && text !== null) { node.textContent = text; }
    return node;
  };
  page.unpack = function (line) {
    var out = [], x = 0, y = 0;
    for (var k = 0; k < line.length; k += 2) { y += line[k]; x += line[k + 1]; out.push([y / 1e5, x / 1e5]); }
    return out;
  };
  var filled = function (value) { return value !== "" && value !== null && value !== undefined; };
  page.table = function (title, rows) {
    var box = el("div"), body = el("table");
    box.appendChild(el("h2", "", title));
    rows.filter(function (row) { return filled(row[1]); }).forEach(function (row) {
      var line = el("tr");
      line.appendChild(el("td", "", row[0]));
      line.appendChild(el("td", "", row[1]));
      body.appendChild(line);
    });
    box.appendChild(body);
    return box;
  };
  page.popup = function (place, content) { L.popup({ maxWidth: 340 }).setLatLng(place).setContent(content).openOn(map); };
  page.minutes = function (value) { return value === null ? "无路可达" : value.toFixed(1) + " 分钟"; };
  page.colour = function (value) {
    if (value === null) { return data.scale.none; }
    for (var k = 0; k < data.scale.steps.length; k++) {
      if (value <= data.scale.steps[k].to) { return data.scale.steps[k].color; }
    }
    return data.scale.beyond;
  };

  /* Panes from the ground up; what a swipe cuts has a pane of its own. */
  var panes = { ground: 210, area: 220, road: 230, under: 405, left: 410, right: 420, move: 430, leftSites: 450, rightSites: 451, sites: 452, names: 460, leftNames: 461, rightNames: 462 };
  Object.keys(panes).forEach(function (name) { map.createPane(name).style.zIndex = panes[name]; });
  ["ground", "area", "road", "names", "leftNames", "rightNames"].forEach(function (name) { map.getPane(name).style.pointerEvents = "none"; });
  ["road", "under", "left", "right", "move"].forEach(function (name) {
    page.renderer[name] = L.canvas({ pane: name, padding: 0.3, tolerance: 3 });
  });

  /* ground */
  var outline = L.geoJSON(data.outline, { pane: "area", interactive: false, style: { color: "#4a4c50", weight: 1.6, fill: false } }).addTo(map);
  if (data.terrain) {
    L.imageOverlay(data.terrain.url, data.terrain.bounds, { pane: "ground", interactive: false, opacity: .9 }).addTo(map);
  }
  var strokes = function (lines, style) {
    style.renderer = page.renderer.road;
    style.interactive = false;
    return L.polyline(lines.map(page.unpack), style);
  };
  page.layers.rivers = L.layerGroup(data.rivers.map(function (r) { return strokes(r.lines, { color: "#9cc7e0", weight: r.weight }); }));
  page.layers.roads = L.layerGroup(data.roads.map(function (r) { return strokes(r.lines, { color: r.color, weight: r.weight, opacity: .9 }); }));
  page.layers.towns = L.geoJSON(data.townships, { pane: "area", interactive: false, style: { color: "#7a7c80", weight: 1, dashArray: "5 4 1 4", fill: false } });
  page.names = anyiNames(page);
  page.names.beside(page.layers.towns, data.townNames.map(function (town) {
    return { at: [town.lat, town.lon], text: town.name, cls: "am-town", pane: "names", weight: 0, centred: true };
  }));

  page.sign = function (place, svg, pane) {
    return L.marker([place.lat, place.lon], {
      pane: pane || "sites", title: place.name, alt: place.name, icon: L.divIcon({ className: "", html: svg, iconSize: [16, 16] })
    }).bindPopup(function () { return page.table(place.name, place.rows); }, { maxWidth: 340 });
  };
  page.square = function (color, size) {
    var side = size || 12, edge = (16 - side) / 2;
    return '<svg width="16" height="16" overflow="visible"><rect x="' + edge + '" y="' + edge + '" width="' + side + '" height="' + side + '" fill="' + color + '" stroke="#fff" stroke-width="2"/></svg>';
  };
  page.triangle = function (color) {
    return '<svg width="16" height="16"><path d="M8 2 L15 14 L1 14 Z" fill="' + color + '" stroke="#fff" stroke-width="1.5"/></svg>';
  };
  page.arrow = function (line, color, pane) {
    var mid = Math.max(1, Math.floor(line.length / 2)), a = line[mid - 1], b = line[mid];
    var turn = Math.atan2((b[1] - a[1]) * Math.cos(a[0] * Math.PI / 180), b[0] - a[0]) * 180 / Math.PI;
    var svg = '<svg width="12" height="12" style="transform:rotate(' + turn.toFixed(0) + 'deg)"><path d="M6 1 L10 10 L6 8 L2 10 Z" fill="' + color + '"/></svg>';
    return L.marker(b, { pane: pane || "move", interactive: false, keyboard: false, icon: L.divIcon({ className: "", html: svg, iconSize: [12, 12] }) });
  };

  /* panels */
  page.control = function (position, build) {
    var control = L.control({ position: position });
    control.onAdd = function () {
      var box = build();
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.disableScrollPropagation(box);
      return box;
    };
    return control.addTo(map);
  };
  page.title = function (parts) {
    page.control("topleft", function () {
      var box = el("div", "am am-title");
      box.appendChild(el("h1", "", data.title));
      box.appendChild(el("p", "quiet", data.subtitle));
      (parts || []).forEach(function (part) { box.appendChild(part); });
      box.appendChild(el("p", "banner", data.banner));
      return box;
    });
  };
  page.figures = function (figures) {
    var body = el("table", "am-figures");
    [figures.head].concat(figures.rows).forEach(function (cells, k) {
      var line = el("tr");
      cells.forEach(function (cell) { line.appendChild(el(k ? "td" : "th", "", cell)); });
      body.appendChild(line);
    });
    return body;
  };
  page.choice = function (name, options, chosen, changed) {
    var box = el("select");
    box.setAttribute("aria-label", name);
    options.forEach(function (text, k) {
      var option = el("option", "", text);
      option.value = k;
      option.selected = k === chosen;
      box.appendChild(option);
    });
    box.addEventListener("change", function () { changed(Number(box.value)); });
    return box;
  };
  page.button = function (text, pressed) {
    var button = el("button", "", text);
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", function () {
      var on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(on));
      pressed(on);
    });
    return button;
  };
  /* `groups` are [heading, [[name, layer or function(on), shown]]]. */
  var show = function (what, on) {
    if (typeof what === "function") { what(on); } else if (on) { map.addLayer(what); } else { map.removeLayer(what); }
  };
  page.tools = function (extras, groups) {
    page.control("topright", function () {
      var box = el("div", "am am-tools");
      (extras || []).forEach(function (part) { box.appendChild(part); });
      groups.forEach(function (group) {
        var set = el("fieldset");
        set.appendChild(el("legend", "", group[0]));
        group[1].forEach(function (item) {
          var label = el("label"), tick = el("input");
          tick.type = "checkbox";
          tick.checked = item[2];
          tick.addEventListener("change", function () { show(item[1], tick.checked); });
          label.appendChild(tick);
          label.appendChild(document.createTextNode(item[0]));
          set.appendChild(label);
          show(item[1], item[2]);
        });
        box.appendChild(set);
      });
      box.appendChild(tiles());
      return box;
    });
  };
  page.base = ["底图", [["道路", page.layers.roads, true], ["河流（示意）", page.layers.rivers, true], ["乡镇范围（模拟）", page.layers.towns, true]]];
  page.search = function (found) {
    var box = el("div"), search = el("input"), list = el("datalist");
    search.type = "search";
    search.placeholder = "查找村名，回车定位";
    search.setAttribute("aria-label", "查找村名");
    search.setAttribute("list", "am-villages");
    list.id = "am-villages";
    data.villages.forEach(function (v) { var o = el("option"); o.value = v.label; list.appendChild(o); });
    var go = function () {
      var text = search.value.trim();
      var hit = data.villages.filter(function (v) { return v.label === text; })[0] ||
        data.villages.filter(function (v) { return text && v.label.indexOf(text) >= 0; })[0];
      search.setAttribute("aria-invalid", hit ? "false" : "true");
      if (hit) { map.setView([hit.lat, hit.lon], 14); found(hit); }
    };
    search.addEventListener("change", go);
    search.addEventListener("keydown", function (e) { if (e.key === "Enter") { go(); } });
    box.appendChild(search);
    box.appendChild(list);
    return box;
  };
  /* `parts` are [heading or null, [[kind, css, text]]], kind one of dot, square, line. */
  page.legend = function (parts) {
    var boxes = [];
    page.control("bottomleft", function () {
      var box = el("div", "am am-legend");
      parts.forEach(function (part) {
        var section = el("section");
        if (part[0]) { section.appendChild(el("b", "", part[0])); }
        part[1].forEach(function (item) {
          var row = el("div"), mark = el("i", item[0]);
          mark.style.cssText = item[1];
          row.appendChild(mark);
          row.appendChild(el("span", "", item[2]));
          section.appendChild(row);
        });
        box.appendChild(section);
        boxes.push(section);
      });
      return box;
    });
    return boxes;
  };
  page.roadLegend = [null, data.roadLegend.map(function (r) { return ["line", "border-color:" + r.color + ";border-top-width:" + Math.max(1, r.weight) + "px", r.text]; })];

  /* backgrounds from the network, only when chosen */
  function tiles() {
    var set = el("fieldset"), layer = null;
    set.appendChild(el("legend", "", "联网底图（选中才联网）"));
    [["不用", null], ["OpenStreetMap", osm], ["高德", gaode], ["天地图（需密钥）", tianditu]].forEach(function (kind, n) {
      var label = el("label"), radio = el("input");
      radio.type = "radio";
      radio.name = "am-tiles";
      radio.checked = n === 0;
      radio.addEventListener("change", function () {
        if (layer) { map.removeLayer(layer); layer = null; }
        layer = kind[1] ? kind[1]() : null;
        if (layer) { layer.addTo(map); layer.bringToBack(); }
      });
      label.appendChild(radio);
      label.appendChild(document.createTextNode(kind[0]));
      set.appendChild(label);
    });
    return set;
  }
  function osm() { return L.tileLayer("https://tile.openstreetmap.org/{z}/{x}/{y}.png", { attribution: "© OpenStreetMap" }); }
  function tianditu() {
    var key = window.prompt("请输入天地图密钥（tk）");
    return key ? L.tileLayer("https://t0.tianditu.gov.cn/vec_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=vec&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=" + encodeURIComponent(key), { attribution: "天地图" }) : null;
  }
  function gaode() {
    /* Gaode draws in GCJ-02: shift the tiles by the offset at the middle of the county. */
    var moved = function (center) { return L.latLng(center.lat + data.gcj[1], center.lng + data.gcj[0]); };
    var Shifted = L.TileLayer.extend({
      _getTiledPixelBounds: function (center) { return L.TileLayer.prototype._getTiledPixelBounds.call(this, moved(center)); },
      _setZoomTransform: function (level, center, zoom) { return L.TileLayer.prototype._setZoomTransform.call(this, level, moved(center), zoom); }
    });
    return new Shifted("https://webrd01.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=8&x={x}&y={y}&z={z}", { attribution: "高德" });
  }

  /* frame: scale, north, caption; print on A4 landscape */
  page.fit = function (left) {
    map.fitBounds(outline.getBounds(), { paddingTopLeft: [left || 16, 16], paddingBottomRight: [16, left ? 64 : 16], animate: false });
  };
  page.finish = function () {
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
    page.control("bottomright", function () {
      var box = el("div", "am am-north");
      box.appendChild(el("div", "", "北"));
      box.appendChild(el("div", "", "▲"));
      return box;
    });
    page.control("bottomright", function () { return el("div", "am am-caption", data.caption); });
    var seen = null, frame = map.getContainer();
    window.addEventListener("beforeprint", function () {
      seen = { center: map.getCenter(), zoom: map.getZoom() };
      frame.classList.add("am-printing");
      map.invalidateSize({ animate: false, pan: false });
      page.fit(440);
      page.printing.forEach(function (tell) { tell(true, map.latLngToContainerPoint(outline.getBounds().getCenter()).x / map.getSize().x); });
      Object.keys(page.renderer).forEach(function (name) { if (page.renderer[name]._map) { page.renderer[name]._redraw(); } });
    });
    window.addEventListener("afterprint", function () {
      frame.classList.remove("am-printing");
      map.invalidateSize({ animate: false, pan: false });
      if (seen) { map.setView(seen.center, seen.zoom, { animate: false }); }
      page.printing.forEach(function (tell) { tell(false); });
    });
    page.fit();
    frame.setAttribute("data-ready", "yes");
  };
  return page;
}
