/* What a click on a demand point says of it and of its village. */
function anyiVillage(page) {
  "use strict";
  var data = page.data, P = data.points, last = data.batches.length - 1, el = page.el;
  var walking = data.modes.indexOf("步行"), told = [walking, data.headline].filter(function (m, n, all) { return m >= 0 && all.indexOf(m) === n; });
  var persons = function (k, v) {
    return data.groups.map(function (g, n) {
      return [g.name, data.persons[n] ? data.persons[n][k] : "只列全村", data.villagePersons[n][v], data.persons[n] ? data.persons[n][k] : 0];
    }).filter(function (row) { return row[3] || row[2]; }).map(function (row) { return [row[0], [row[1], "n"], [row[2], "n"]]; });
  };
  /* A counted group is beyond its own limit; groups with the same excess are told together. */
  var excess = function (value, m) {
    var beyond = data.limits.filter(function (limit) { return value > limit.minutes[m]; });
    var alike = beyond.length === data.limits.length && beyond.every(function (limit) { return limit.minutes[m] === beyond[0].minutes[m]; });
    if (!beyond.length) { return ["以内", "am-in"]; }
    if (alike) { return ["超 " + (value - beyond[0].minutes[m]).toFixed(1), "am-over"]; }
    return [beyond.map(function (limit) { return limit.name + "超 " + (value - limit.minutes[m]).toFixed(1); }).join("，"), "am-over"];
  };
  var none = data.sites.length ? "无路可达" : "没有点位";
  var nearest = function (k) {
    var rows = [];
    data.batches.forEach(function (batch, t) {
      told.forEach(function (m, n) {
        var site = P.site[t][m][k], value = P.minutes[t][m][k];
        var found = site < 0 || value === null ? [[none, "am-over"], "", ""] : [data.siteNames[site], [value.toFixed(1), "n"], excess(value, m)];
        rows.push([n ? "" : batch, data.modes[m]].concat(found));
      });
    });
    return rows;
  };
  var limit = function () {
    var all = data.limits.map(function (found) { return found.minutes[data.headline]; });
    return all.every(function (value) { return value === all[0]; }) ? all[0] + " 分钟时限" : "时限";
  };
  var reasons = function (k, v) {
    if (!P.counted[k]) { return ["本点没有计入目标的人群"]; }
    var m = data.headline, value = P.minutes[last][m][k];
    if (value === null) { return [data.sites.length ? "没有道路通到任何点位" : "没有开放的点位"]; }
    var over = data.limits.filter(function (limit) {
      return value > limit.minutes[m] && (data.persons[limit.of] ? data.persons[limit.of][k] : 1);
    });
    if (!over.length) { return []; }
    var names = over.map(function (limit) { return limit.name; }).join("、");
    var least = Math.min.apply(null, over.map(function (limit) { return limit.minutes[m]; }));
    return [names + "：" + data.modes[m] + "最近点位也超出 " + least + " 分钟时限 " + (value - least).toFixed(1) + " 分钟", data.outOfReach ? data.outOfReach[v] || "时限内有候选点，本方案没有选用" : ""];
  };
  var meals = function (rows) {
    if (rows === null) { return page.table(null, [["助餐", "本情景没有助餐方案"]]); }
    if (!rows.length) { return page.table(null, [["助餐", "本村没有助餐点"]]); }
    return page.grid(["本村助餐点", "厨房", "送达", "份数"], rows.map(function (row) { return [row[0], row[1], [row[2], "n"], [row[3], "n"]]; }));
  };
  var steps = anyiSteps(page, P, function (k) { return village(k); });
  var village = function (k) {
    var v = P.villageOf[k], own = data.villages[v], box = el("div"), title = el("h2", "", own.name);
    title.appendChild(el("small", "", own.township + "，人口点 " + P.name[k] + "（位置：" + P.status[k] + "）"));
    box.appendChild(title);
    box.appendChild(page.grid(["人数（人）", ["本点", "n"], ["全村", "n"]], persons(k, v)));
    box.appendChild(page.grid(["到最近点位", "方式", "点位", ["分钟", "n"], limit()], nearest(k)));
    box.appendChild(page.table(null, reasons(k, v).filter(Boolean).map(function (text, n) { return [n ? "候选点" : "未覆盖原因", text]; })));
    box.appendChild(meals(data.meals[v]));
    box.appendChild(steps(k));
    return box;
  };
  return village;
}
