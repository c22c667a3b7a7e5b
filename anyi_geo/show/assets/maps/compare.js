/* Two sides of one map: any run after any batch against any other; or only the villages that gain and lose. */
function anyiCompare(map, data) {
  "use strict";
  var page = anyiBase(map, data), P = data.points, sides = [], only = false;
  var views = [];
  data.runs.forEach(function (run, r) {
    run.batches.forEach(function (batch, t) { views.push({ run: r, batch: t, name: run.title + "（" + batch + "）" }); });
  });
  var minutesOf = function (view, k) { return data.runs[view.run].minutes[view.batch][k]; };
  var coveredOf = function (view, k) { return data.runs[view.run].covered[view.batch][k]; };
  var steps = anyiSteps(page, P, function (k) { return village(k); });
  var village = function (k) {
    var own = data.villages[P.villageOf[k]], box = page.el("div"), title = page.el("h2", "", own.name);
    title.appendChild(page.el("small", "", own.township + "，人口点 " + P.name[k]));
    box.appendChild(title);
    box.appendChild(page.grid(["方案", "最近点位", [data.modeName + "（分钟）", "n"]], views.map(function (view) {
      var site = data.runs[view.run].site[view.batch][k], value = minutesOf(view, k);
      return [view.name].concat(site < 0 || value === null ? [["无路可达", "am-over"], ""] : [data.runs[view.run].siteNames[site], [value.toFixed(1), "n " + (value > data.limit ? "am-over" : "am-in")]]);
    })));
    box.appendChild(steps(k));
    return box;
  };
  ["left", "right"].forEach(function (pane, n) {
    var side = anyiPoints(page, P, pane, village);
    side.view = views[data.start[n]];
    side.sites = L.layerGroup();
    sides.push(side);
  });
  var changes = L.layerGroup(), difference = anyiPoints(page, P, "under", village);
  var draw = function () {
    sides.forEach(function (side, n) {
      side.paint(function (k) { return page.colour(minutesOf(side.view, k), data.scale); });
      var pane = n ? "right" : "left";
      var run = data.runs[side.view.run];
      anyiSites(page, side.sites, run.sites.filter(function (s) { return s.batch <= side.view.batch + 1; }), pane + "Sites", pane + "Names", function (s) {
        return [["方案", run.title], ["批次", "第 " + s.batch + " 批"], ["乡镇", s.township]];
      });
    });
    swipe.name(sides[0].view.name, sides[1].view.name);
    drawDifference();
  };
  var drawDifference = function () {
    var sums = {}, gained = 0, lost = 0;
    difference.paint(function (k) {
      var change = coveredOf(sides[1].view, k) - coveredOf(sides[0].view, k);
      if (change > 0) { gained += change; } else { lost -= change; }
      var id = P.villageOf[k];
      sums[id] = (sums[id] || 0) + change;
      return change > 0 ? data.gain : change < 0 ? data.loss : data.quiet;
    });
    page.names.beside(changes, Object.keys(sums).filter(function (id) { return sums[id]; }).map(function (id) {
      var v = data.villages[id], sum = sums[id];
      return {
        at: [v.lat, v.lon], text: page.short(v.name) + " " + (sum > 0 ? "+" : "−") + Math.abs(sum).toLocaleString(),
        cls: "am-site " + (sum > 0 ? "am-gain" : "am-loss"), pane: "names", weight: Math.abs(sum), room: 3
      };
    }));
    named(sums);
    summary.textContent = "右侧相对左侧：多覆盖 " + gained.toLocaleString() + " " + data.unit + "，少覆盖 " + lost.toLocaleString() + " " + data.unit + "（" + data.counted + "，" + data.modeName + " " + data.limit + " 分钟，名义值）";
  };
  /* Every village that gains or loses, by name; a click goes there. */
  var changed = page.el("div", "am-list am-changed");
  var named = function (sums) {
    changed.textContent = "";
    [["多覆盖的村", 1, "am-gain"], ["少覆盖的村", -1, "am-loss"]].forEach(function (kind) {
      var ids = Object.keys(sums).filter(function (id) { return sums[id] * kind[1] > 0; }).sort(function (a, b) { return kind[1] * (sums[b] - sums[a]); });
      changed.appendChild(page.el("b", kind[2], kind[0] + "（" + ids.length + "）"));
      ids.forEach(function (id) {
        var v = data.villages[id], entry = page.press("", function () { map.setView([v.lat, v.lon], 13, { animate: false }); });
        entry.appendChild(page.el("span", "", v.label));
        entry.appendChild(page.el("span", kind[2], (kind[1] > 0 ? "+" : "−") + Math.abs(sums[id]).toLocaleString()));
        changed.appendChild(entry);
      });
    });
  };
  var summary = page.el("p", "quiet");
  var show = function () {
    sides.forEach(function (side) {
      [side.layer, side.sites].forEach(function (layer) { if (only) { map.removeLayer(layer); } else { map.addLayer(layer); } });
    });
    [difference.layer, changes].forEach(function (layer) { if (only) { map.addLayer(layer); } else { map.removeLayer(layer); } });
    swipe.set(!only);
    legends[0].hidden = only;
    legends[1].hidden = !only;
    changed.hidden = !only;
    page.legendRoom();
  };
  var swipe = anyiSwipe(page, ["left", "leftSites", "leftNames"], ["right", "rightSites", "rightNames"]);
  var titles = views.map(function (view) { return view.name; });
  var dot = function (color, text, ring) { return ["dot", "background:" + color + (ring ? ";border:1px solid #333" : ""), text]; };
  page.title((data.runRows ? [page.figures({ head: ["方案", "情景"], rows: data.runRows, wrap: true })] : []).concat([summary]));
  var legends = page.legend([
    ["到最近点位的" + data.modeName + "时间（分钟）", data.scale.legend.map(function (s) { return dot(s.color, s.text, s.ring); }).concat([["key", page.circles(data.sizes), "人"]], [1, 2].map(function (batch) { return ["svg", page.numbered(batch), "第" + "一二"[batch - 1] + "批点位"]; }))],
    ["覆盖变化", [dot(data.gain, "右侧多覆盖的人口点"), dot(data.loss, "右侧少覆盖的人口点"), dot(data.quiet, "没有变化"), ["quiet", "", "村名后为增减的" + data.unit + "数"]]],
    page.roadLegend
  ]);
  var boxes = [];
  var choose = function (n, k) { sides[n].view = views[k]; draw(); swipe.cut(); };
  var chooser = function (n, label) {
    var box = page.el("label", "", label);
    boxes[n] = page.choice(label, titles, data.start[n], function (k) { choose(n, k); });
    box.appendChild(boxes[n]);
    return box;
  };
  /* A plan named in the text below is drawn on the right, after its last batch. */
  var buttons = Array.prototype.slice.call(document.querySelectorAll("[data-run]"));
  buttons.forEach(function (button) {
    button.addEventListener("click", function () {
      var run = Number(button.getAttribute("data-run")), last = -1;
      views.forEach(function (view, k) { if (view.run === run) { last = k; } });
      boxes[1].value = last;
      choose(1, last);
      buttons.forEach(function (b) { b.setAttribute("aria-pressed", String(b === button)); });
      map.getContainer().scrollIntoView({ block: "start" });
    });
  });
  draw();
  page.tools(
    [page.search(function (hit, from) { page.popup([P.lat[hit.k], P.lon[hit.k]], village(hit.k), from); }), chooser(0, "左"), chooser(1, "右"),
      page.press("左侧方案：第一批 ｜ 全部建成", function () {
        var run = sides[0].view.run, own = views.map(function (view, k) { return k; }).filter(function (k) { return views[k].run === run; });
        [own[0], own[own.length - 1]].forEach(function (k, n) { boxes[n].value = k; choose(n, k); });
      }),
      page.button("只看差别（村名与人数）", function (on) { only = on; show(); }), changed],
    [page.base]
  );
  show();
  page.finish();
}
