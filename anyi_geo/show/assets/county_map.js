/* Draws the county from one block of data. Names reach the page only through textContent. */
function anyiMap(map, data) {
  "use strict";
  map.attributionControl.setPrefix(false);
  map.options.zoomSnap = 0.25;
  var el = function (tag, cls, text) {
    var node = document.createElement(tag);
    if (cls) { node.className = cls; }
    if (text !== undefined && text !== null) { node.textContent = text; }
    return node;
  };
  var panes = { ground: 210, area: 220, road: 230, b1: 410, b2: 420, move: 430, sites: 450, later: 452, top: 460, laterNames: 462 };
  Object.keys(panes).forEach(function (name) { map.createPane(name).style.zIndex = panes[name]; });
  var canvas = {};
  ["road", "b1", "b2", "move"].forEach(function (name) { canvas[name] = L.canvas({ pane: name, padding: 0.3, tolerance: 3 }); });
  var unpack = function (line) {
    var out = [], x = 0, y = 0;
    for (var k = 0; k < line.length; k += 2) { y += line[k]; x += line[k + 1]; out.push([y / 1e5, x / 1e5]); }
    return out;
  };
  var table = function (title, rows) {
    var box = el("div"), t = el("table");
    box.appendChild(el("h2", "", title));
    rows.forEach(function (row) {
      if (row[1] === "" || row[1] === null || row[1] === undefined) { return; }
      var tr = el("tr");
      tr.appendChild(el("td", "", row[0]));
      tr.appendChild(el("td", "", row[1]));
      t.appendChild(tr);
    });
    box.appendChild(t);
    return box;
  };
  var minutes = function (value) { return value === null ? "无路可达" : value.toFixed(1) + " 分钟"; };

  /* ground */
  var outline = L.geoJSON(data.outline, { pane: "area", interactive: false, style: { color: "#4a4c50", weight: 1.6, fill: false } }).addTo(map);
  if (data.terrain) { L.imageOverlay(data.terrain.url, data.terrain.bounds, { pane: "ground", interactive: false, opacity: .9 }).addTo(map); }
  var rivers = L.layerGroup();
  data.rivers.forEach(function (r) { L.polyline(r.lines.map(unpack), { renderer: canvas.road, color: "#9cc7e0", weight: r.weight, interactive: false }).addTo(rivers); });
  var roads = L.layerGroup();
  data.roads.forEach(function (r) { L.polyline(r.lines.map(unpack), { renderer: canvas.road, color: r.color, weight: r.weight, opacity: .9, interactive: false }).addTo(roads); });
  var towns = L.geoJSON(data.townships, {
    pane: "area", interactive: false, style: { color: "#7a7c80", weight: 1, dashArray: "5 4 1 4", fill: false }
  });
  data.townNames.forEach(function (t) {
    L.marker([t.lat, t.lon], { pane: "top", interactive: false, keyboard: false, icon: L.divIcon({ className: "", iconSize: [0, 0] }) })
      .bindTooltip(el("span", "", t.name), { permanent: true, direction: "center", className: "am-town", pane: "top" }).addTo(towns);
  });

  /* demand points, one pane per side of the swipe */
  var last = data.batches.length, first = 1;
  var mode = data.headline;
  var colour = function (value) {
    if (value === null) { return data.scale.none; }
    for (var k = 0; k < data.scale.steps.length; k++) { if (value <= data.scale.steps[k].to) { return data.scale.steps[k].color; } }
    return data.scale.beyond;
  };
  var P = data.points, drawn = { b1: [], b2: [] }, markers = [];
  var pointPopup = function (k) {
    var rows = [["所属", P.township[k] + " " + P.village[k]]];
    data.groups.forEach(function (g, n) { if (P.persons[n][k]) { rows.push([g.name, P.persons[n][k] + " 人"]); } });
    data.batches.forEach(function (b, t) {
      data.modes.forEach(function (m, n) {
        var site = P.site[t][n][k], value = P.minutes[t][n][k];
        if (m === "步行" || m === data.headlineName) {
          rows.push([b + "" + m, site < 0 ? "无路可达" : minutes(value) + "，" + data.siteNames[site]]);
        }
      });
    });
    var value = P.minutes[last - 1][mode][k];
    if (value === null) { rows.push(["未覆盖原因", "没有道路通到任何点位"]); }
    else if (value > data.limit) { rows.push(["未覆盖原因", "最近点位超出 " + data.limit + " 分钟时限 " + (value - data.limit).toFixed(1) + " 分钟"]); }
    if (P.meal[k] !== null) { rows.push(["助餐", P.meal[k]]); }
    rows.push(["位置", P.status[k]]);
    return table(P.name[k], rows);
  };
  var pointLayer = { b1: L.layerGroup(), b2: L.layerGroup() };
  ["b1", "b2"].forEach(function (pane) {
    for (var k = 0; k < P.lat.length; k++) {
      var marker = L.circleMarker([P.lat[k], P.lon[k]], { renderer: canvas[pane], radius: P.radius[k], weight: .6, color: "#fff", fillOpacity: .92 });
      marker.k = k;
      marker.on("click", function (event) { L.popup({ maxWidth: 330 }).setLatLng(event.latlng).setContent(pointPopup(event.target.k)).openOn(map); });
      drawn[pane].push(marker);
      pointLayer[pane].addLayer(marker);
    }
  });
  var spiders = { b1: L.layerGroup(), b2: L.layerGroup() };
  var paint = function () {
    [["b1", first], ["b2", last]].forEach(function (side) {
      var t = side[1] - 1;
      spiders[side[0]].clearLayers();
      drawn[side[0]].forEach(function (marker, k) {
        var value = P.minutes[t][mode][k], site = P.site[t][mode][k];
        marker.setStyle({ fillColor: colour(value), fillOpacity: P.counted[k] ? .92 : .35 });
        if (value !== null && value <= data.limit) {
          L.polyline([[P.lat[k], P.lon[k]], [data.siteLat[site], data.siteLon[site]]], { renderer: canvas[side[0]], color: "#1d4e89", weight: .6, opacity: .45, interactive: false }).addTo(spiders[side[0]]);
        }
      });
    });
  };

  /* sites, homes, meals */
  var siteLayer = L.layerGroup();
  data.sites.forEach(function (s) {
    var later = s.batch > 1;
    L.circleMarker([s.lat, s.lon], { pane: later ? "later" : "sites", radius: 8, weight: 2, color: "#fff", fillColor: s.batch === 1 ? "#c2255c" : "#0b7a5c", fillOpacity: 1 })
      .bindPopup(function () { return table(s.name, s.rows); }, { maxWidth: 340 })
      .bindTooltip(el("span", "", s.short), { permanent: true, direction: "right", offset: [6, 0], className: "am-site am-batch" + Math.min(2, s.batch), pane: later ? "laterNames" : "top" }).addTo(siteLayer);
  });
  var shape = function (place, cls, popup) {
    var icon = L.divIcon({ className: "", html: cls, iconSize: [16, 16] });
    return L.marker([place.lat, place.lon], { pane: "sites", icon: icon, title: place.name, alt: place.name }).bindPopup(function () { return table(place.name, popup); }, { maxWidth: 330 });
  };
  var square = function (color) { return '<svg width="16" height="16"><rect x="2" y="2" width="12" height="12" fill="' + color + '" stroke="#fff" stroke-width="2"/></svg>'; };
  var homes = L.layerGroup(), moves = L.layerGroup(), meals = L.layerGroup(), rounds = L.layerGroup();
  data.homes.forEach(function (h) { shape(h, square(h.color), h.rows).addTo(homes); });
  data.moves.forEach(function (m) {
    L.polyline(unpack(m.line), { renderer: canvas.move, color: "#6f42a8", weight: 1 + m.persons / 12, opacity: .7 })
      .bindPopup(function () { return table(m.title, m.rows); }).addTo(moves);
  });
  var triangle = function (color) { return '<svg width="16" height="16"><path d="M8 2 L15 14 L1 14 Z" fill="' + color + '" stroke="#fff" stroke-width="1.5"/></svg>'; };
  data.stops.forEach(function (s) { shape(s, triangle(s.color), s.rows).addTo(meals); });
  data.rounds.forEach(function (r) {
    r.legs.forEach(function (leg) {
      var line = unpack(leg);
      if (line.length < 2) { return; }
      var drawnLine = L.polyline(line, { renderer: canvas.move, color: r.color, weight: 3, opacity: .85 });
      drawnLine.bindPopup(function () { return table(r.title, r.rows); }).addTo(rounds);
      var mid = Math.max(1, Math.floor(line.length / 2)), a = line[mid - 1], b = line[mid];
      var turn = Math.atan2((b[1] - a[1]) * Math.cos(a[0] * Math.PI / 180), b[0] - a[0]) * 180 / Math.PI;
      var arrow = '<svg width="12" height="12" style="transform:rotate(' + turn.toFixed(0) + 'deg)"><path d="M6 1 L10 10 L6 8 L2 10 Z" fill="' + r.color + '"/></svg>';
      L.marker(b, { pane: "move", interactive: false, keyboard: false, icon: L.divIcon({ className: "", html: arrow, iconSize: [12, 12] }) }).addTo(rounds);
    });
  });

  /* controls */
  var control = function (position, build) {
    var c = L.control({ position: position });
    c.onAdd = function () { var box = build(); L.DomEvent.disableClickPropagation(box); L.DomEvent.disableScrollPropagation(box); return box; };
    return c.addTo(map);
  };
  control("topleft", function () {
    var box = el("div", "am am-title");
    box.appendChild(el("h1", "", data.title));
    box.appendChild(el("p", "quiet", data.question));
    var t = el("table", "am-figures"), head = el("thead"), row = el("tr");
    data.figures.head.forEach(function (h) { row.appendChild(el("th", "", h)); });
    head.appendChild(row); t.appendChild(head);
    var body = el("tbody");
    data.figures.rows.forEach(function (cells) { var tr = el("tr"); cells.forEach(function (c) { tr.appendChild(el("td", "", c)); }); body.appendChild(tr); });
    t.appendChild(body); box.appendChild(t);
    box.appendChild(el("p", "banner", data.banner));
    return box;
  });
  var groups = [
    ["底图", [["道路", roads, true], ["河流（示意）", rivers, true], ["乡镇范围（模拟）", towns, true]]],
    ["幸福院", [["点位", siteLayer, true], ["人口点（按时间着色）", pointLayer, true], ["服务关系（时限内）", spiders, false]]],
    ["敬老院", [["院舍与整合后用途", homes, true], ["老人去向", moves, false]]],
    ["助餐", [["助餐点", meals, false], ["配送路线", rounds, false]]]
  ];
  var swiping = false;
  var toggle = function (layer, on) {
    var parts = layer.b1 ? (swiping ? [layer.b1, layer.b2] : [layer.b2]) : [layer];
    if (layer.b1) { [layer.b1, layer.b2].forEach(function (l) { map.removeLayer(l); }); }
    parts.forEach(function (l) { if (on) { map.addLayer(l); } else { map.removeLayer(l); } });
  };
  var state = [];
  control("topright", function () {
    var box = el("div", "am am-tools");
    var search = el("input"); search.type = "search"; search.placeholder = "查找村名，回车定位"; search.setAttribute("aria-label", "查找村名"); search.setAttribute("list", "am-villages");
    var list = el("datalist"); list.id = "am-villages";
    data.villages.forEach(function (v) { var o = el("option"); o.value = v.label; list.appendChild(o); });
    var go = function () {
      var found = data.villages.filter(function (v) { return v.label === search.value; })[0] || data.villages.filter(function (v) { return search.value && v.label.indexOf(search.value) >= 0; })[0];
      search.setAttribute("aria-invalid", found ? "false" : "true");
      if (found) { map.setView([found.lat, found.lon], 14); L.popup({ maxWidth: 330 }).setLatLng([found.lat, found.lon]).setContent(pointPopup(found.k)).openOn(map); }
    };
    search.addEventListener("change", go);
    search.addEventListener("keydown", function (e) { if (e.key === "Enter") { go(); } });
    box.appendChild(search); box.appendChild(list);
    if (last > 1) {
      var button = el("button", "", "第一批 ｜ 两批 对比"); button.type = "button"; button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", function () { swipe(!swiping); button.setAttribute("aria-pressed", String(swiping)); });
      box.appendChild(button);
    }
    var choose = el("select"); choose.setAttribute("aria-label", "出行方式"); choose.style.marginTop = "5px";
    data.modes.forEach(function (m, n) { var o = el("option", "", "按" + m + "时间着色"); o.value = n; o.selected = n === mode; choose.appendChild(o); });
    choose.addEventListener("change", function () { mode = Number(choose.value); paint(); });
    box.appendChild(choose);
    groups.forEach(function (g) {
      var set = el("fieldset"); set.appendChild(el("legend", "", g[0]));
      g[1].forEach(function (item) {
        var label = el("label"), tick = el("input"); tick.type = "checkbox"; tick.checked = item[2];
        tick.addEventListener("change", function () { item[2] = tick.checked; toggle(item[1], tick.checked); });
        label.appendChild(tick); label.appendChild(document.createTextNode(item[0])); set.appendChild(label);
        state.push(item);
      });
      box.appendChild(set);
    });
    box.appendChild(tiles());
    return box;
  });
  function tiles() {
    var set = el("fieldset"); set.appendChild(el("legend", "", "联网底图（选中才联网）"));
    var layer = null;
    var off = Math.PI;
    [["不用", null], ["OpenStreetMap", "osm"], ["高德", "gaode"], ["天地图（需密钥）", "tdt"]].forEach(function (kind, n) {
      var label = el("label"), radio = el("input"); radio.type = "radio"; radio.name = "am-tiles"; radio.checked = n === 0;
      radio.addEventListener("change", function () {
        if (layer) { map.removeLayer(layer); layer = null; }
        if (kind[1] === "osm") { layer = L.tileLayer("https://tile.openstreetmap.org/{z}/{x}/{y}.png", { attribution: "© OpenStreetMap" }); }
        if (kind[1] === "gaode") { layer = gaode(); }
        if (kind[1] === "tdt") {
          var key = window.prompt("请输入天地图密钥（tk）");
          if (key) { layer = L.tileLayer("https://t0.tianditu.gov.cn/vec_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=vec&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=" + encodeURIComponent(key), { attribution: "天地图" }); }
        }
        if (layer) { layer.addTo(map); layer.bringToBack(); }
      });
      label.appendChild(radio); label.appendChild(document.createTextNode(kind[0])); set.appendChild(label);
    });
    return set;
  }
  function gaode() {
    /* Gaode draws in GCJ-02: shift the tiles by the offset at the middle of the county. */
    var Shifted = L.TileLayer.extend({
      _getTiledPixelBounds: function (center) {
        return L.TileLayer.prototype._getTiledPixelBounds.call(this, L.latLng(center.lat + data.gcj[1], center.lng + data.gcj[0]));
      },
      _setZoomTransform: function (level, center, zoom) {
        return L.TileLayer.prototype._setZoomTransform.call(this, level, L.latLng(center.lat + data.gcj[1], center.lng + data.gcj[0]), zoom);
      }
    });
    return new Shifted("https://webrd01.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=8&x={x}&y={y}&z={z}", { attribution: "高德" });
  }
  control("bottomleft", function () {
    var box = el("div", "am am-legend");
    var add = function (cls, css, text) { var row = el("div"), i = el("i", cls); i.style.cssText = css; row.appendChild(i); row.appendChild(el("span", "", text)); box.appendChild(row); };
    box.appendChild(el("b", "", "到最近点位的时间（分钟）"));
    data.scale.legend.forEach(function (s) { add("", "background:" + s.color + (s.ring ? ";border:1px solid #333" : ""), s.text); });
    add("", "background:#c2255c", "第一批点位"); add("", "background:#0b7a5c", "第二批及以后点位");
    data.homeLegend.forEach(function (h) { add("square", "background:" + h.color, h.text); });
    data.roadLegend.forEach(function (r) { add("line", "border-color:" + r.color + ";border-top-width:" + Math.max(1, r.weight) + "px", r.text); });
    return box;
  });
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
  control("bottomright", function () { var box = el("div", "am am-north"); box.appendChild(el("div", "", "北")); box.appendChild(el("div", "", "▲")); return box; });
  control("bottomright", function () { return el("div", "am am-caption", data.caption); });

  /* swipe */
  var handle = null, labels = [], place = .5;
  var cut = function () {
    if (!swiping) { ["b1", "b2", "later", "laterNames"].forEach(function (p) { map.getPane(p).style.clip = ""; }); return; }
    var size = map.getSize(), nw = map.containerPointToLayerPoint([0, 0]), se = map.containerPointToLayerPoint(size), x = nw.x + size.x * place;
    map.getPane("b1").style.clip = "rect(" + nw.y + "px," + x + "px," + se.y + "px," + nw.x + "px)";
    ["b2", "later", "laterNames"].forEach(function (p) { map.getPane(p).style.clip = "rect(" + nw.y + "px," + se.x + "px," + se.y + "px," + x + "px)"; });
    handle.style.left = 100 * place + "%";
    labels[0].style.left = "calc(" + 100 * place + "% - 70px)"; labels[1].style.left = "calc(" + 100 * place + "% + 70px)";
    handle.setAttribute("aria-valuenow", Math.round(100 * place));
  };
  function swipe(on) {
    swiping = on;
    if (on && !handle) {
      handle = el("div", "am-swipe"); handle.tabIndex = 0; handle.setAttribute("role", "slider"); handle.setAttribute("aria-label", "左右对比分界"); handle.setAttribute("aria-valuemin", 0); handle.setAttribute("aria-valuemax", 100);
      labels = [el("div", "am-side", data.batches[0]), el("div", "am-side", data.batchAll)];
      [handle].concat(labels).forEach(function (n) { map.getContainer().appendChild(n); });
      L.DomEvent.disableClickPropagation(handle);
      handle.addEventListener("pointerdown", function (e) { handle.setPointerCapture(e.pointerId); map.dragging.disable(); e.preventDefault(); handle.focus(); });
      handle.addEventListener("pointermove", function (e) { if (handle.hasPointerCapture(e.pointerId)) { var r = map.getContainer().getBoundingClientRect(); place = Math.min(.98, Math.max(.02, (e.clientX - r.left) / r.width)); cut(); } });
      handle.addEventListener("pointerup", function () { map.dragging.enable(); });
      handle.addEventListener("keydown", function (e) { var d = e.key === "ArrowLeft" ? -.02 : e.key === "ArrowRight" ? .02 : 0; if (d) { place = Math.min(.98, Math.max(.02, place + d)); cut(); e.preventDefault(); e.stopPropagation(); } });
    }
    [handle].concat(labels).forEach(function (n) { if (n) { n.style.display = on ? "" : "none"; } });
    state.forEach(function (item) { if (item[1].b1) { toggle(item[1], item[2]); } });
    cut();
  }
  map.on("move zoom viewreset resize zoomend moveend", cut);
  paint();
  state.forEach(function (item) { toggle(item[1], item[2]); });
  map.fitBounds(outline.getBounds(), { padding: [16, 16], animate: false });
  map.getContainer().setAttribute("data-ready", "yes");
}
