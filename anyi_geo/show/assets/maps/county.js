/* The map of one run: everything, in groups; batch 1 beside all batches by a swipe. */
function anyiCounty(map, data) {
  "use strict";
  var page = anyiBase(map, data), P = data.points, last = data.batches.length - 1, mode = data.headline;

  var village = function (k) {
    var rows = [["所属", P.township[k] + " " + P.village[k]]];
    data.groups.forEach(function (g, n) { if (P.persons[n][k] !== 0) { rows.push([g.name, P.persons[n][k] + " 人"]); } });
    data.batches.forEach(function (batch, t) {
      data.modes.forEach(function (name, n) {
        if (n !== data.headline && name !== "步行") { return; }
        var site = P.site[t][n][k];
        rows.push([batch + "" + name, site < 0 ? "无路可达" : page.minutes(P.minutes[t][n][k]) + "，" + data.siteNames[site]]);
      });
    });
    var value = P.minutes[last][mode][k];
    if (value === null) { rows.push(["未覆盖原因", "没有道路通到任何点位"]); }
    else if (value > data.limit) { rows.push(["未覆盖原因", "最近点位超出 " + data.limit + " 分钟时限 " + (value - data.limit).toFixed(1) + " 分钟"]); }
    rows.push(["助餐", P.meal[k]]);
    rows.push(["位置", P.status[k]]);
    return page.table(P.name[k], rows);
  };

  /* demand points and who reaches which site, once per side */
  var sides = ["left", "right"].map(function (pane, n) {
    var side = anyiPoints(page, P, pane, village);
    side.batch = n ? last : 0;
    side.lines = L.layerGroup();
    return side;
  });
  var paint = function () {
    sides.forEach(function (side, n) {
      side.paint(function (k) { return page.colour(P.minutes[side.batch][mode][k]); });
      side.lines.clearLayers();
      P.lat.forEach(function (lat, k) {
        var value = P.minutes[side.batch][mode][k], site = P.site[side.batch][mode][k];
        if (value === null || value > data.limit) { return; }
        L.polyline([[lat, P.lon[k]], [data.siteLat[site], data.siteLon[site]]], {
          renderer: page.renderer[n ? "right" : "left"], color: "#1d4e89", weight: .6, opacity: .45, interactive: false
        }).addTo(side.lines);
      });
    });
    shade();
  };
  var swiping = false, shown = { layer: true, lines: false };
  var sided = function (name) {
    return function (on) {
      shown[name] = on;
      sides.forEach(function (side, n) {
        if (on && (n || swiping)) { map.addLayer(side[name]); } else { map.removeLayer(side[name]); }
      });
    };
  };

  /* townships shaded by covered share */
  var shades = data.shares.map(function (share) {
    return L.geoJSON(data.townAreas, {
      pane: "area", interactive: false,
      style: function () { return { stroke: true, color: "#fff", weight: 1, fillOpacity: .75 }; }
    });
  });
  function shade() {
    shades.forEach(function (layer, n) {
      var k = 0;
      layer.eachLayer(function (area) {
        var value = data.shares[n].by[mode][k++];
        area.setStyle({ fillColor: value === null ? "#fff" : data.shareScale[Math.min(4, Math.floor(value * 5))] });
      });
    });
  }

  var firstSites = L.layerGroup(), laterSites = L.layerGroup(), sites = L.layerGroup([firstSites, laterSites]);
  var factsOf = function (site) { return site.rows; };
  anyiSites(page, firstSites, data.sites.filter(function (s) { return s.batch === 1; }), "sites", "names", factsOf);
  anyiSites(page, laterSites, data.sites.filter(function (s) { return s.batch > 1; }), "rightSites", "rightNames", factsOf);
  var homes = L.layerGroup(data.homes.map(function (h) { return page.sign(h, page.square(h.color)); }));
  page.names.beside(homes, data.homes.map(function (h) { return { at: [h.lat, h.lon], room: 8, pane: "names" }; }));
  var moves = L.layerGroup(data.moves.map(function (m) {
    return L.polyline(page.unpack(m.line), { renderer: page.renderer.move, color: "#6f42a8", weight: 1 + m.persons / 12, opacity: .7 })
      .bindPopup(function () { return page.table(m.title, m.rows); });
  }));
  var meals = L.layerGroup(data.stops.map(function (s) { return page.sign(s, page.triangle(s.color)); }));
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
  var legends = page.legend([
    ["到最近点位的时间（分钟）", data.scale.legend.map(function (s) { return dot(s.color, s.text, s.ring); })],
    ["乡镇覆盖率（两批）", data.shareScale.map(function (c, k) { return ["square", "background:" + c, 20 * k + "–" + (20 * k + 20) + "%"]; })],
    [null, [dot("#c2255c", "第一批点位"), dot("#0b7a5c", "第二批及以后点位")].concat(data.homeLegend.map(function (h) { return ["square", "background:" + h.color, h.text]; }))],
    page.roadLegend
  ]);
  var shading = data.shares.map(function () { return false; });
  var shadeLayer = function (n) {
    return function (on) {
      shading[n] = on;
      if (on) { map.addLayer(shades[n]); } else { map.removeLayer(shades[n]); }
      legends[1].hidden = shading.indexOf(true) < 0;
    };
  };
  var swipe = anyiSwipe(page, ["left"], ["right", "rightSites", "rightNames"]);
  var extras = [page.search(function (hit) { page.popup([hit.lat, hit.lon], village(hit.k)); })];
  if (last > 0) {
    swipe.name(data.batches[0], data.batches[last]);
    extras.push(page.button("第一批 ｜ " + data.batches[last] + " 对比", function (on) {
      swiping = on;
      ["layer", "lines"].forEach(function (name) { sided(name)(shown[name]); });
      swipe.set(on);
    }));
  }
  extras.push(page.choice("出行方式", data.modes.map(function (m) { return "按" + m + "时间着色"; }), mode, function (n) { mode = n; paint(); }));
  paint();
  page.tools(extras, [
    page.base,
    ["幸福院", [["点位", sites, true], ["人口点（按时间着色）", sided("layer"), true], ["服务关系（时限内）", sided("lines"), false]].concat(
      data.shares.map(function (s, n) { return ["乡镇覆盖率（" + s.name + "）", shadeLayer(n), false]; }))],
    ["敬老院", [["院舍与整合后用途", homes, true], ["老人去向", moves, false]]],
    ["助餐", [["助餐点", meals, false], ["配送路线", rounds, false]]]
  ]);
  page.finish();
}
