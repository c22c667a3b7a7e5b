/* The meals map: kitchens, dining points and delivery rounds with their times; a click on a round shows it alone. */
function anyiMeals(map, data) {
  "use strict";
  var page = anyiBase(map, data), chosen = null, entries = [];
  var stops = L.layerGroup(data.stops.map(function (s) {
    var sign = page.sign(s, s.central ? page.square(s.color, 15) : page.triangle(s.color));
    /* A kitchen stands over the points beside it. */
    return sign.setZIndexOffset(s.central ? 1000 : 0);
  }));
  var rounds = L.layerGroup(), detail = page.el("ol", "am-stops"), frames = data.rounds.map(function (r) {
    return r.legs.map(page.unpack).filter(function (line) { return line.length > 1; });
  });
  /* Kitchens are named from afar, other points from near; those of the chosen round with their order and time. */
  var nameStops = function () {
    var visited = chosen === null ? [] : data.rounds[chosen].stops.map(function (stop) { return stop.id; });
    page.names.beside(stops, data.stops.map(function (s) {
      return {
        at: [s.lat, s.lon], text: visited.indexOf(s.id) < 0 ? s.short : "", cls: s.central ? "am-site am-kitchen" : "am-village", pane: "names",
        weight: s.central ? 1 : -100, room: s.central ? 9 : 7, from: s.central ? 0 : 12.5
      };
    }));
  };
  /* A round among others bears its number, one alone the order and the times of its stops. */
  var nameRounds = function () {
    if (chosen !== null) {
      return data.rounds[chosen].stops.map(function (stop, k) {
        return { at: [stop.lat, stop.lon], text: (k + 1) + " " + stop.name + " " + stop.arrival, cls: "am-site am-time", pane: "names", weight: -k, room: 8 };
      });
    }
    return data.rounds.map(function (round, n) {
      /* In the middle of its longest way, or where else on its ways there is room. */
      var along = frames[n].slice().sort(function (a, b) { return b.length - a.length; }).reduce(function (found, line) {
        return found.concat([.5, .25, .75].map(function (part) { return line[Math.floor((line.length - 1) * part)]; }));
      }, []);
      return { at: along[0] || [0, 0], along: along, text: round.number, cls: "am-round", pane: "names", weight: 0, room: 0, color: round.color };
    });
  };
  var draw = function () {
    rounds.clearLayers();
    detail.textContent = "";
    nameStops();
    page.names.beside(rounds, nameRounds());
    data.rounds.forEach(function (round, n) {
      var dim = chosen !== null && n !== chosen;
      frames[n].forEach(function (line) {
        L.polyline(line, { renderer: page.renderer.move, color: round.color, weight: n === chosen ? 5 : 3, opacity: dim ? .12 : .9 })
          .on("click", function (e) {
            if (n !== chosen) { choose(n, true); }
            page.popup(e.latlng, page.table(round.title, round.rows));
          }).addTo(rounds);
        if (!dim) { page.arrow(line, round.color).addTo(rounds); }
      });
      if (n !== chosen) { return; }
      round.stops.forEach(function (stop) {
        detail.appendChild(page.el("li", "", stop.name + "，" + stop.meals + " 份，" + stop.arrival + " 到，出锅后 " + stop.elapsed + " 分钟交接"));
      });
    });
  };
  /* From a click on the map the view stays; from the list it goes to the round. */
  var choose = function (n, here) {
    chosen = chosen === n ? null : n;
    entries.forEach(function (node, k) { node.setAttribute("aria-pressed", String(k === chosen)); });
    draw();
    if (chosen !== null) {
      list.insertBefore(detail, entries[chosen].nextSibling);
      entries[chosen].scrollIntoView({ block: "nearest" });
    } else if (detail.parentNode) { detail.parentNode.removeChild(detail); }
    if (here) { return; }
    map.closePopup();
    if (chosen === null) { page.fit(); }
    else if (frames[chosen].length) { page.room(L.latLngBounds([].concat.apply([], frames[chosen])), { maxZoom: 14 }); }
  };
  var list = page.el("div", "am-list");
  data.rounds.forEach(function (round, n) {
    var entry = page.press(round.line, function () { choose(n); }), mark = page.el("i");
    mark.style.background = round.color;
    entry.insertBefore(mark, entry.firstChild);
    entry.setAttribute("aria-pressed", "false");
    list.appendChild(entry);
    entries.push(entry);
  });
  page.title([page.figures(data.figures)]);
  page.legend([["助餐点", page.mealLegend(data.mealLegend), [stops]],
    ["配送", [["line", "border-color:" + (data.rounds.length ? data.rounds[0].color : "#1b6ca8") + ";border-top-width:3px", "配送路线：箭头为行驶方向，"], ["blank", "", (data.rounds.length ? data.rounds[0].number : "R01") + " 等为趟次，相邻各趟不同色"]], [rounds]], page.roadLegend]);
  draw();
  page.tools(
    [page.el("p", "quiet", data.rounds.length ? "点一趟，只看这一趟；再点一次看全部：" : "本方案没有配送趟次。"), list],
    [page.base, ["助餐", [["助餐点与厨房", stops, true], ["配送路线", rounds, true]]]]
  );
  page.finish();
}
