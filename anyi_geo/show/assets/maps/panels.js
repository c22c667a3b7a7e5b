/* The panels of a page: title, tools, legend. On a narrow screen each is folded to its heading. */
function anyiPanels(page) {
  "use strict";
  var map = page.map, data = page.data, el = page.el;
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
  var fold = function (box, name) {
    var head = el("button", "am-fold", name);
    head.type = "button";
    head.setAttribute("aria-expanded", "false");
    head.addEventListener("click", function () {
      var open = box.classList.toggle("am-open");
      head.setAttribute("aria-expanded", String(open));
      map.fire("resize");
    });
    box.appendChild(head);
    return box;
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
      var numbers = el("div", "am-numbers");
      (parts || []).forEach(function (part) { numbers.appendChild(part); });
      if (parts && parts.length) { fold(box, "主要数字"); }
      box.appendChild(numbers);
      box.appendChild(el("p", "banner", data.banner));
      return box;
    });
  };
  page.figures = function (figures) {
    var body = el("table", "am-figures" + (figures.wrap ? " am-wrap" : ""));
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
  page.press = function (text, pressed) {
    var button = el("button", "", text);
    button.type = "button";
    button.addEventListener("click", function () { pressed(button); });
    return button;
  };
  page.button = function (text, pressed) {
    var button = page.press(text, function () {
      var on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(on));
      pressed(on);
    });
    button.setAttribute("aria-pressed", "false");
    return button;
  };
  /* `groups` are [heading, [[name, layer or function(on), shown]]]. */
  var ticks = {}, show = function (what, on) {
    if (typeof what === "function") { what(on); } else if (on) { map.addLayer(what); } else { map.removeLayer(what); }
  };
  /* Switches a layer as a click on its box does; returns whether it was shown. */
  page.tick = function (name, on) {
    var before = ticks[name].checked;
    if (before !== on) { ticks[name].click(); }
    return before;
  };
  page.tools = function (extras, groups) {
    page.control("topright", function () {
      var box = fold(el("div", "am am-tools"), "查找和图层");
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
          ticks[item[0]] = tick;
          show(item[1], item[2]);
        });
        box.appendChild(set);
      });
      box.appendChild(anyiTiles(page));
      return box;
    });
  };
  page.base = ["底图", [["道路", page.layers.roads, true], ["河流（示意）", page.layers.rivers, true], ["乡镇范围（模拟）", page.layers.towns, true]]];
  page.search = function (found) {
    var box = el("div"), search = el("input"), list = el("datalist"), last = null;
    search.type = "search";
    search.placeholder = "查找村名，回车定位";
    search.setAttribute("aria-label", "查找村名");
    search.setAttribute("list", "am-villages");
    list.id = "am-villages";
    data.villages.forEach(function (v) { var o = el("option"); o.value = v.label; list.appendChild(o); });
    var none = el("p", "am-none", "没有这个村名");
    none.hidden = true;
    none.setAttribute("role", "status");
    var go = function () {
      var text = last = search.value.trim();
      var hit = data.villages.filter(function (v) { return v.label === text; })[0] ||
        data.villages.filter(function (v) { return text && v.label.indexOf(text) >= 0; })[0];
      search.setAttribute("aria-invalid", String(!hit && text !== ""));
      none.hidden = Boolean(hit) || text === "";
      if (hit) { map.setView([hit.lat, hit.lon], 14, { animate: false }); found(hit, search); }
    };
    search.addEventListener("change", go);
    /* A text that has not changed since gives no change. */
    search.addEventListener("keydown", function (e) { if (e.key === "Enter" && search.value.trim() === last) { go(); } });
    box.appendChild(search);
    box.appendChild(none);
    box.appendChild(list);
    return box;
  };
  /* `parts` are [heading or null, [[kind, css, text]]], kind one of dot, square, line, or svg with the page's own drawing for css. */
  /* A part with a list of layers stands only while one of them is shown, one with a test only while it holds. */
  page.legend = function (parts) {
    var boxes = [], box = fold(el("div", "am am-legend"), "图例");
    /* What is too long for one column stands in two. */
    var room = function () {
      box.classList.remove("am-wide");
      box.classList.toggle("am-wide", box.scrollHeight > box.clientHeight + 1);
    };
    var update = function () {
      parts.forEach(function (part, n) {
        if (part[2]) { boxes[n].hidden = !part[1].length || !part[2].some(function (layer) { return map.hasLayer(layer); }) || Boolean(part[4] && !part[4]()); }
      });
      room();
    };
    page.legendAnew = update;
    page.legendRoom = room;
    var own = [].concat.apply([], parts.map(function (part) { return part[2] || []; }));
    map.on("layeradd layerremove", function (e) { if (own.indexOf(e.layer) >= 0) { update(); } });
    map.on("resize", room);
    page.control("topleft", function () {
      box.tabIndex = -1;
      box.setAttribute("aria-label", "图例");
      parts.forEach(function (part) {
        var section = el("section");
        if (part[0]) { section.appendChild(el("b", "", part[0])); }
        part[1].forEach(function (item) {
          var row = el("div"), mark = el("i", item[0]);
          if (item[0] === "svg" || item[0] === "key") { mark.innerHTML = item[1]; } else { mark.style.cssText = item[1]; }
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
}
