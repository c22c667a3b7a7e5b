/* The map of one run: everything, in groups; batch 1 beside all batches by a swipe. */
function anyiCounty(map, data) {
  "use strict";
  var page = anyiBase(map, data), P = data.points, last = data.batches.length - 1, mode = data.headline;
  var walking = data.modes.indexOf("步行"), told = [walking, data.headline].filter(function (m, n, all) { return m >= 0 && all.indexOf(m) === n; });

  /* what a click on a demand point says of it and of its village */
  var persons = function (k, v) {
    return data.groups.map(function (g, n) {
      return [g.name, data.persons[n] ? data.persons[n][k] : "只列全村", data.villagePersons[n][v], data.persons[n] ? data.persons[n][k] : 0];
    }).filter(function (row) { return row[3] || row[2]; }).map(function (row) { return row.slice(0, 3); });
  };
  /* A counted group is beyond its own limit; groups with the same limit are told together. */
  var beyond = function (k, m) {
    var value = P.minutes[last][m][k], rows = {};
    data.limits.forEach(function (limit) {
      var here = data.persons[limit.of] ? data.persons[limit.of][k] : 1;
      if (here && value > limit.minutes[m]) { (rows[limit.minutes[m]] = rows[limit.minutes[m]] || []).push(limit.name); }
    });
    return Object.keys(rows).map(function (limit) { return rows[limit].join("、") + "：最近点位超出 " + limit + " 分钟时限 " + (value - limit).toFixed(1) + " 分钟"; }).join("；");
  };
  var none = data.sites.length ? "无路可达" : "没有点位";
  var reason = function (k) {
    if (!P.counted[k]) { return "本点没有计入目标的人群"; }
    return P.minutes[last][data.headline][k] === null ? (data.sites.length ? "没有道路通到任何点位" : "没有开放的点位") : beyond(k, data.headline);
  };
  var village = function (k) {
    var v = P.villageOf[k], own = data.villages[v], box = page.el("div"), title = page.el("h2", "", own.name);
    title.appendChild(page.el("small", "", own.township + "，人口点 " + P.name[k] + "（位置：" + P.status[k] + "）"));
    box.appendChild(title);
    box.appendChild(page.grid(["人数（人）", "本点", "全村"], persons(k, v)));
    box.appendChild(page.grid(["到最近点位"].concat(told.map(function (m) { return data.modes[m]; })), data.batches.map(function (batch, t) {
      return [batch].concat(told.map(function (m) {
        var site = P.site[t][m][k], value = P.minutes[t][m][k], late = value === null || data.limits.some(function (limit) { return value > limit.minutes[m]; });
        return [site < 0 ? none : page.minutes(value) + "，" + data.siteNames[site] + (late ? "（超时限）" : ""), late ? "am-over" : "am-in"];
      }));
    })));
    box.appendChild(page.table(null, [["未覆盖原因", reason(k)], ["助餐", data.meals[v]]]));
    return box;
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
  var swiping = false, shown = { layer: true, lines: false };
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
    pane: "area", interactive: false,
    style: function () { return { stroke: true, color: "#fff", weight: 1.5, fillOpacity: .85 }; }
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
  anyiSites(page, firstSites, data.sites.filter(function (s) { return s.batch === 1; }), "sites", "names", factsOf);
  anyiSites(page, laterSites, data.sites.filter(function (s) { return s.batch > 1; }), "rightSites", "rightNames", factsOf);
  var homes = L.layerGroup(data.homes.map(function (h) { return page.sign(h, page.square(h.color)); }));
  page.names.beside(homes, data.homes.map(function (h) { return { at: [h.lat, h.lon], room: 8, pane: "names" }; }));
  var services = L.layerGroup(data.services.map(function (s) { return page.sign(s, page.diamond(s.color, s.count), "sites", 22); }));
  page.names.beside(services, data.services.map(function (s) { return { at: [s.lat, s.lon], room: 11, pane: "names" }; }));
  var villageNames = L.layerGroup();
  page.names.beside(villageNames, data.villages.map(function (v) {
    return { at: [v.lat, v.lon], text: v.name, cls: "am-village", pane: "names", weight: -1, room: 0, from: 12.5 };
  }));
  var moves = L.layerGroup();
  data.moves.forEach(function (m) {
    var line = page.unpack(m.line);
    if (line.length < 2) { return; }
    L.polyline(line, { renderer: page.renderer.move, color: "#6f42a8", weight: 1.5 + m.persons / 12, opacity: .7 })
      .bindPopup(function () { return page.table(m.title, m.rows); }).addTo(moves);
    page.arrow(line, "#4b2e83").addTo(moves);
  });
  var meals = L.layerGroup(data.stops.map(function (s) { return page.sign(s, s.central ? page.square(s.color, 14) : page.triangle(s.color)); }));
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
      [["quiet", "", "大点人多，浅点不计入目标"]]), [sides[0].layer, sides[1].layer], "", function () { return mode === n; }];
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
    ["配送", [["line", "border-color:" + (data.rounds.length ? data.rounds[0].color : "#1b6ca8") + ";border-top-width:3px", "配送路线（一趟一色）"]], [rounds]],
    page.roadLegend
  ]));
  var legendTitle = legends[minutes.length + 1].querySelector("b");
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
  extras.push(page.choice("乡镇着色", ["乡镇不着色"].concat(data.shares.map(function (s) { return "乡镇覆盖率：" + s.name; })), 0, function (n) { shares = n - 1; shade(); }));
  paint();
  page.tools(extras, [
    [page.base[0], page.base[1].concat([["村名（放大后显示）", villageNames, true]])],
    ["幸福院", [["点位", sites, true], ["人口点（按时间着色）", sided("layer"), true], ["服务关系（时限内）", sided("lines"), false]]],
    ["敬老院", [["院舍与整合后用途", homes, true], ["老人去向", moves, false]]],
    ["助餐", [["助餐点与厨房", meals, false], ["配送路线", rounds, false]]],
    ["资源整合", [["服务与儿童设施（同村几处）", services, false]]]
  ]);
  page.finish();
}
