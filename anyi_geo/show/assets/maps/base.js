/* What every map page shares: ground, panels, popups, print. Names reach the page only through textContent. */
function anyiBase(map, data) {
  "use strict";
  map.attributionControl.setPrefix(false);
  map.options.zoomSnap = 0.125;
  if (map.zoomControl) { map.zoomControl.remove(); }
  L.control.zoom({ position: "bottomright", zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(map);
  map.getContainer().setAttribute("aria-label", "地图：方向键平移，加减号缩放，Tab 键逐个选点位，回车打开说明，Esc 关闭");
  map.getContainer().addEventListener("keydown", function (e) { if (e.key === "Escape") { map.closePopup(); } });
  map.on("popupopen", function (e) {
    var close = e.popup.getElement().querySelector(".leaflet-popup-close-button");
    if (close) { close.setAttribute("aria-label", "关闭"); close.title = "关闭"; }
  });
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
  page.popup = function (place, content) { L.popup({ maxWidth: 360 }).setLatLng(place).setContent(content).openOn(map); };
  page.minutes = function (value) { return value === null ? "无路可达" : value.toFixed(1) + " 分钟"; };
  page.colour = function (value, scale) {
    if (value === null) { return scale.none; }
    for (var k = 0; k < scale.steps.length; k++) {
      if (value <= scale.steps[k].to) { return scale.steps[k].color; }
    }
    return scale.beyond;
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
  /* `beside`, one per township, stands behind the name. */
  page.townNames = function (beside) {
    page.names.beside(page.layers.towns, data.townNames.map(function (town, k) {
      return { at: [town.lat, town.lon], text: town.name + (beside ? " " + beside[k] : ""), cls: "am-town" + (beside ? " am-share" : ""), pane: "names", weight: beside ? 2e9 : 0, centred: true };
    }));
  };
  page.townNames();
  page.mealLegend = function (modes) {
    return modes.map(function (m) { return ["svg", m.central ? page.square(m.color, 14) : page.triangle(m.color), m.text]; });
  };

  page.sign = function (place, svg, pane, side) {
    return L.marker([place.lat, place.lon], {
      pane: pane || "sites", title: place.name, alt: place.name, icon: L.divIcon({ className: "am-sign", html: svg, iconSize: [side || 16, side || 16] })
    }).bindPopup(function () { return page.table(place.name, place.rows); }, { maxWidth: 360 });
  };
  /* A batch is told by its number, the colour only repeats it. */
  page.batchColour = function (batch) { return batch === 1 ? "#c2255c" : "#0b7a5c"; };
  page.numbered = function (batch) {
    return '<svg viewBox="0 0 20 20" width="20" height="20"><circle cx="10" cy="10" r="8.5" fill="' + page.batchColour(batch) + '" stroke="#fff" stroke-width="2"/>' +
      '<text x="10" y="14" text-anchor="middle" font-size="11" font-weight="700" fill="#fff">' + Number(batch) + '</text></svg>';
  };
  page.square = function (color, size) {
    var side = size || 12, edge = (16 - side) / 2;
    return '<svg viewBox="0 0 16 16" width="16" height="16" overflow="visible"><rect x="' + edge + '" y="' + edge + '" width="' + side + '" height="' + side + '" fill="' + color + '" stroke="#fff" stroke-width="2"/></svg>';
  };
  page.disc = function (color, r) {
    return '<svg width="' + 2 * r + '" height="' + 2 * r + '"><circle cx="' + r + '" cy="' + r + '" r="' + (r - 1) + '" fill="' + color + '" fill-opacity=".95" stroke="#fff" stroke-width="2"/></svg>';
  };
  page.diamond = function (color, number) {
    return '<svg viewBox="0 0 22 22" width="22" height="22"><rect x="4" y="4" width="14" height="14" transform="rotate(45 11 11)" fill="' + color + '" stroke="#26282b" stroke-width="1.5"/>' +
      '<text x="11" y="15" text-anchor="middle" font-size="11" font-weight="700" fill="#26282b">' + (number ? Number(number) : "") + '</text></svg>';
  };
  page.triangle = function (color) {
    return '<svg viewBox="0 0 16 16" width="16" height="16"><path d="M8 2 L15 14 L1 14 Z" fill="' + color + '" stroke="#fff" stroke-width="1.5"/></svg>';
  };
  page.arrow = function (line, color, pane) {
    var mid = Math.max(1, Math.floor(line.length / 2)), a = line[mid - 1], b = line[mid];
    var turn = Math.atan2((b[1] - a[1]) * Math.cos(a[0] * Math.PI / 180), b[0] - a[0]) * 180 / Math.PI;
    var svg = '<svg width="14" height="14" viewBox="0 0 12 12" style="transform:rotate(' + turn.toFixed(0) + 'deg)"><path d="M6 1 L10 10 L6 8 L2 10 Z" fill="' + color + '" stroke="#fff" stroke-width=".6"/></svg>';
    return L.marker(b, { pane: pane || "move", interactive: false, keyboard: false, icon: L.divIcon({ className: "", html: svg, iconSize: [14, 14] }) });
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
      if (data.subtitle) { box.appendChild(el("p", "quiet", data.subtitle)); }
      var made = el("p", "quiet");
      (data.made || []).forEach(function (part) { made.appendChild(el("span", "am-whole", part[0] + "：" + part[1])); });
      box.appendChild(made);
      (data.unmet || []).forEach(function (text) { box.appendChild(el("p", "banner am-unmet", text)); });
      (parts || []).forEach(function (part) { box.appendChild(part); });
      box.appendChild(el("p", "banner", data.banner));
      return box;
    });
  };
  page.figures = function (figures) {
    var body = el("table", "am-figures");
    [figures.head].concat(figures.rows).forEach(function (cells, k) {
      var line = el("tr");
      if ((figures.alarm || []).indexOf(k - 1) >= 0) { line.className = "alarm"; }
      cells.forEach(function (cell) { line.appendChild(el(k ? "td" : "th", "", cell)); });
      body.appendChild(line);
    });
    if (!figures.note) { return body; }
    var box = el("div");
    box.appendChild(body);
    box.appendChild(el("p", "quiet", figures.note));
    return box;
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
  page.press = function (text, pressed) {
    var button = el("button", "", text);
    button.type = "button";
    button.addEventListener("click", pressed);
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
  /* `parts` are [heading or null, [[kind, css, text]]], kind one of dot, square, line, or svg with the page's own drawing for css. */
  /* A part with a list of layers stands only while one of them is shown, one with a test only while it holds. */
  page.legend = function (parts) {
    var boxes = [];
    var update = function () {
      parts.forEach(function (part, n) {
        if (part[2]) { boxes[n].hidden = !part[2].some(function (layer) { return map.hasLayer(layer); }) || Boolean(part[4] && !part[4]()); }
      });
    };
    page.legendAnew = update;
    var own = [].concat.apply([], parts.map(function (part) { return part[2] || []; }));
    map.on("layeradd layerremove", function (e) { if (own.indexOf(e.layer) >= 0) { update(); } });
    page.control("topleft", function () {
      var box = el("div", "am am-legend");
      box.tabIndex = -1;
      box.setAttribute("aria-label", "图例");
      parts.forEach(function (part) {
        var section = el("section");
        if (part[0]) { section.appendChild(el("b", "", part[0])); }
        part[1].forEach(function (item) {
          var row = el("div"), mark = el("i", item[0]);
          if (item[0] === "svg") { mark.innerHTML = item[1]; } else { mark.style.cssText = item[1]; }
          row.appendChild(mark);
          row.appendChild(el("span", "", item[2]));
          section.appendChild(row);
        });
        if (part[3]) { section.className = part[3]; }
        box.appendChild(section);
        boxes.push(section);
      });
      return box;
    });
    update();
    return boxes;
  };
  page.roadLegend = ["道路", data.roadLegend.map(function (r) { return ["line", "border-color:" + r.color + ";border-top-width:" + Math.max(1, r.weight) + "px", r.text]; }), [page.layers.roads], "two"];

  /* backgrounds from the network, only when chosen */
  function tiles() {
    var set = el("details"), layer = null;
    set.appendChild(el("summary", "", "联网底图（选中才联网）"));
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
  /* The view leaves out what the panels hide; on paper only the left column stands. */
  var hidden = function (side) {
    var box = map.getContainer().querySelector(side === "left" ? ".am-title" : ".am-tools");
    return box && map.getSize().x > 900 ? box.offsetWidth + 24 : 16;
  };
  page.room = function (bounds, options) {
    map.fitBounds(bounds, L.extend({ paddingTopLeft: [hidden("left") + 24, 24], paddingBottomRight: [hidden("right") + 24, 40], animate: false }, options));
  };
  page.fit = function (left) {
    if (!left) { page.room(outline.getBounds(), { paddingTopLeft: [hidden("left"), 16], paddingBottomRight: [hidden("right"), 16] }); return; }
    map.fitBounds(outline.getBounds(), { paddingTopLeft: [left, 16], paddingBottomRight: [16, 64], animate: false });
  };
  var Scale = L.Control.Scale.extend({
    _updateMetric: function (most) {
      var metres = this._getRoundNum(most);
      this._updateScale(this._mScale, metres < 1000 ? metres + " 米" : metres / 1000 + " 公里", metres / most);
    }
  });
  page.finish = function () {
    new Scale({ imperial: false, position: "bottomright" }).addTo(map);
    page.control("bottomright", function () {
      var box = el("div", "am am-north");
      box.appendChild(el("div", "", "北"));
      box.appendChild(el("div", "", "▲"));
      return box;
    });
    page.control("bottomright", function () {
      var whole = el("button", "am am-whole-county", "看全县");
      whole.type = "button";
      whole.addEventListener("click", function () { map.closePopup(); page.fit(); });
      return whole;
    });
    page.control("bottomright", function () {
      var box = el("div", "am am-caption"), number = el("span", "am-number", data.review || "（待填）");
      /* Filled in by hand before printing; the scenario file keeps it for good. */
      try { number.contentEditable = "plaintext-only"; } catch (older) { number.contentEditable = "true"; }
      number.setAttribute("role", "textbox");
      number.setAttribute("aria-label", "审图号");
      number.title = "点此填写审图号，打印时带上；长期使用请写进情景文件的 [maps] review_number";
      box.appendChild(el("span", "", "审图号："));
      box.appendChild(number);
      box.appendChild(el("span", "", "　资料来源：" + data.source + "；" + data.caption));
      return box;
    });
    L.Popup.mergeOptions({ minWidth: 210, autoPanPaddingTopLeft: [hidden("left"), 44], autoPanPaddingBottomRight: [hidden("right"), 30] });
    var seen = null, frame = map.getContainer();
    window.addEventListener("beforeprint", function () {
      seen = { center: map.getCenter(), zoom: map.getZoom() };
      /* Who looks closer prints what he looks at; else the whole county. */
      var near = map.getBounds(), close = !near.contains(outline.getBounds()) && outline.getBounds().intersects(near) && map.getZoom() > home + .5;
      map.closePopup();
      frame.classList.add("am-printing");
      map.invalidateSize({ animate: false, pan: false });
      if (close) { map.fitBounds(near.pad(-.1), { paddingTopLeft: [400, 0], paddingBottomRight: [0, 40], animate: false }); } else { page.fit(400); }
      page.printing.forEach(function (tell) { tell(true, map.latLngToContainerPoint((close ? near : outline.getBounds()).getCenter()).x / map.getSize().x); });
      Object.keys(page.renderer).forEach(function (name) { if (page.renderer[name]._map) { page.renderer[name]._redraw(); } });
    });
    window.addEventListener("afterprint", function () {
      frame.classList.remove("am-printing");
      map.invalidateSize({ animate: false, pan: false });
      if (seen) { map.setView(seen.center, seen.zoom, { animate: false }); }
      page.printing.forEach(function (tell) { tell(false); });
    });
    page.fit();
    var home = map.getZoom();
    frame.setAttribute("data-ready", "yes");
  };
  return page;
}
