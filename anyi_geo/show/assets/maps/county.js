/* The map of one run: everything, in groups; batch 1 beside all batches by a swipe. */
function anyiCounty(map, data) {
  "use strict";
  var page = anyiBase(map, data), P = data.points, last = data.batches.length - 1, mode = data.headline, village = anyiVillage(page);

  /* demand points and who reaches which site, once per side */
  var sides = ["left", "right"].map(function (pane, n) {
    var side = anyiPoints(page, P, pane, village);
    side.batch = n ? last : 0;
    side.lines = L.layerGroup();
    return side;
  });
  var paint = function () {
    sides.forEach(function (side, n) {
      side.paint(function (k) { return page.colour(P.minutes[side.batch][mode][k], data.scales[mode]); });
      side.lines.clearLayers();
      P.lat.forEach(function (lat, k) {
        var value = P.minutes[side.batch][mode][k], site = P.site[side.batch][mode][k];
        if (value === null || value > data.scales[mode].limit) { return; }
        L.polyline([[lat, P.lon[k]], [data.siteLat[site], data.siteLon[site]]], {
          renderer: page.renderer[n ? "right" : "left"], color: "#1d4e89", weight: .6, opacity: .45, interactive: false
        }).addTo(side.lines);
      });
    });
    shade();
    if (page.legendAnew) { page.legendAnew(); }
  };
  var POINTS = "人口点（按时间着色）", pointed = false, swiping = false, shown = { layer: true, lines: false };
  var sided = function (name) {
    return function (on) {
      shown[name] = on;
      sides.forEach(function (side, n) {
        if (on && (n || swiping)) { map.addLayer(side[name]); } else { map.removeLayer(side[name]); }
      });
    };
  };

  /* townships shaded by the share covered of one group after one batch; the share stands beside the name */
  var shares = -1, shades = L.geoJSON(data.townAreas, {
    pane: "shade", interactive: false,
    style: function () { return { stroke: true, color: "#fff", weight: 1.2, fillOpacity: .85 }; }
  });
  var shareColour = function (value) { return value === null ? "#ffffff" : data.shareScale[Math.min(4, Math.floor(value * 5))]; };
  function shade() {
    var values = shares < 0 ? null : data.shares[shares].by[mode], k = 0;
    page.townNames(values && values.map(function (value) { return value === null ? "–" : (100 * value).toFixed(0) + "%"; }));
    map.getPane("ground").style.opacity = values ? .12 : 1;
    if (!values) { map.removeLayer(shades); return; }
    shades.eachLayer(function (area) { area.setStyle({ fillColor: shareColour(values[k++]) }); });
    map.addLayer(shades);
    legendTitle.textContent = "乡镇覆盖率（" + data.shares[shares].name + "，" + data.modes[mode] + "）";
  }

  var firstSites = L.layerGroup(), laterSites = L.layerGroup(), sites = L.layerGroup([firstSites, laterSites]);
  var factsOf = function (site) { return site.rows; };
  anyiSites(page, firstSites, data.sites.filter(function (s) { return s.batch === 1; }), "sites", "names", factsOf, 0);
  anyiSites(page, laterSites, data.sites.filter(function (s) { return s.batch > 1; }), "rightSites", "rightNames", factsOf, 1);
  /* Signs without names, which keep their place free of other names and step aside for sites. */
  var nameless = function (places, draw, side, rank) {
    var markers = places.map(function (place) { return page.sign(place, draw(place), "sites", side); }), layer = L.layerGroup(markers);
    var names = places.map(function (place) { return { at: [place.lat, place.lon], room: side / 2, pane: "names" }; });
    page.names.beside(layer, names);
    page.standing(layer, markers, rank, side / 2, names);
    return layer;
  };
  var homes = nameless(data.homes, function (h) { return page.square(h.color); }, 16, 2);
  var services = nameless(data.services, function (s) { return page.diamond(s.color, s.count); }, 22, 4);
  var villageNames = L.layerGroup();
  page.names.beside(villageNames, data.villages.map(function (v) {
    return { at: [v.lat, v.lon], text: page.short(v.name), cls: "am-village", pane: "names", weight: -1, room: 0, from: 12.5 };
  }));
  var moves = L.layerGroup();
  data.moves.forEach(function (m) {
    var line = page.unpack(m.line);
    if (line.length < 2) { return; }
    L.polyline(line, { renderer: page.renderer.move, color: "#6f42a8", weight: 1.5 + m.persons / 12, opacity: .7 })
      .bindPopup(function () { return page.table(m.title, m.rows); }).addTo(moves);
    page.arrow(line, "#4b2e83").addTo(moves);
  });
  var meals = nameless(data.stops, function (s) { return s.central ? page.square(s.color, 14) : page.triangle(s.color); }, 16, 3);
  var rounds = L.layerGroup();
  data.rounds.forEach(function (r) {
    r.legs.map(page.unpack).filter(function (line) { return line.length > 1; }).forEach(function (line) {
      L.polyline(line, { renderer: page.renderer.move, color: r.color, weight: 3, opacity: .85 })
        .bindPopup(function () { return page.table(r.title, r.rows); }).addTo(rounds);
      page.arrow(line, r.color).addTo(rounds);
    });
  });

  page.title([page.figures(data.figures)]);
  var dot = function (color, text, ring) { return ["dot", "background:" + color + (ring ? ";border:1px solid #333" : ""), text]; };
  var square = function (h) { return ["square", "background:" + h.color, h.text]; };
  var minutes = data.modes.map(function (name, n) {
    return ["到最近点位的" + name + "时间（分钟）", data.scales[n].legend.map(function (s) { return dot(s.color, s.text, s.ring); }).concat(
      [["key", page.circles(data.sizes), "人"], ["quiet", "", "浅色：没有计入目标的人"]]), [sides[0].layer, sides[1].layer], "", function () { return mode === n; }];
  });
  var legends = page.legend(minutes.concat([
    ["服务关系", [["line", "border-color:#1d4e89;border-top-width:1px", "人口点到最近点位（时限内）"]], [sides[0].lines, sides[1].lines]],
    ["乡镇覆盖率", data.shareScale.map(function (c, k) { return ["square", "background:" + c, 20 * k + "–" + (20 * k + 20) + "%"]; }).concat(
      [["square", "background:#fff;border:1px solid #8c8a83", "没有这一人群或不列"]]), [shades]],
    ["幸福院", data.batches.map(function (name, t) { return ["svg", page.numbered(t + 1), data.siteBatches[t] + "点位"]; }), [sites]],
    ["服务与儿童设施", data.serviceLegend.map(function (s) { return ["svg", page.diamond(s.color, ""), s.text]; }), [services]],
    ["敬老院", data.homeLegend.map(square), [homes]],
    ["老人去向", [["line", "border-color:#6f42a8;border-top-width:3px", "搬迁路线（线宽按人数）"]], [moves]],
    ["助餐", page.mealLegend(data.mealLegend), [meals]],
    ["配送", [["line", "border-color:" + (data.rounds.length ? data.rounds[0].color : "#1b6ca8") + ";border-top-width:3px", "配送路线（相邻各趟不同色）"]], [rounds]],
    page.roadLegend
  ]));
  var legendTitle = legends[minutes.length + 1].querySelector("b");
  var swipe = anyiSwipe(page, ["left"], ["right", "rightSites", "rightNames"]);
  var extras = [page.search(function (hit, from) { page.popup([P.lat[hit.k], P.lon[hit.k]], village(hit.k), from); })];
  if (last > 0) {
    swipe.name(data.batches[0], data.batches[last]);
    extras.push(page.button("第一批 ｜ " + data.batches[last] + " 对比", function (on) {
      swiping = on;
      ["layer", "lines"].forEach(function (name) { sided(name)(shown[name]); });
      swipe.set(on);
    }));
  }
  extras.push(page.choice("出行方式", data.modes.map(function (m) { return "按" + m + "时间着色"; }), mode, function (n) { mode = n; paint(); }));
  extras.push(page.choice("乡镇着色", ["乡镇不着色"].concat(data.shares.map(function (s) { return "乡镇覆盖率：" + s.name; })), 0, function (n) {
    /* Shaded townships are read without the points above them; a tick brings them back. */
    if (n && shares < 0) { pointed = page.tick(POINTS, false); }
    if (!n && pointed) { page.tick(POINTS, true); }
    shares = n - 1;
    shade();
  }));
  paint();
  page.tools(extras, [
    [page.base[0], page.base[1].concat([["村名（放大后显示）", villageNames, true]])],
    ["幸福院", [["点位", sites, true], [POINTS, sided("layer"), true], ["服务关系（时限内）", sided("lines"), false]]],
    ["敬老院", [["院舍与整合后用途", homes, true], ["老人去向", moves, false]]],
    ["助餐", [["助餐点与厨房", meals, false], ["配送路线", rounds, false]]],
    ["资源整合", [["服务与儿童设施（同村几处）", services, false]]]
  ]);
  page.finish();
}
