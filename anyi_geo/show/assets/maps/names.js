/* Names beside their signs: where nothing else stands; a name that finds no room waits for a closer view. */
function anyiNames(page) {
  "use strict";
  var map = page.map, groups = [], shown = L.layerGroup().addTo(map);
  var pen = document.createElement("canvas").getContext("2d"), family = getComputedStyle(document.body).fontFamily;
  var wide = function (text, spaced) {
    pen.font = "600 12px " + family;
    return pen.measureText(text).width + (spaced ? 2 * text.length : 0);
  };
  /* The two sides of a swipe are never seen in one place. */
  var apart = function (a, b) { return a !== b && (a + b === "leftNamesrightNames" || b + a === "leftNamesrightNames"); };
  var free = function (box, taken, own) {
    return taken.every(function (t) {
      return t.own === own || apart(t.pane, box.pane) || box.x1 < t.x0 || box.x0 > t.x1 || box.y1 < t.y0 || box.y0 > t.y1;
    });
  };
  /* Beside a swipe a name stays on its own side, and its sign must be seen. */
  var sides = {};
  var inside = function (pane, low, high) { var side = sides[pane]; return !side || (low >= side[0] && high <= side[1]); };
  /* Left upper corners to try, the best place first. */
  var corners = function (at, name, w, h) {
    var gap = (name.room || 0) + 3, beside = at.y - h / 2;
    if (name.centred) {
      return [[0, 0], [0, -h], [0, h], [0, -2 * h], [0, 2 * h], [-w / 2, 0], [w / 2, 0], [-w / 2, -h], [w / 2, -h], [-w / 2, h], [w / 2, h], [0, -3 * h], [0, 3 * h]]
        .map(function (d) { return [at.x - w / 2 + d[0], beside + d[1]]; });
    }
    return [[at.x + gap, beside], [at.x - gap - w, beside], [at.x - w / 2, at.y - gap - h], [at.x - w / 2, at.y + gap],
      [at.x + gap * .7, at.y - gap - h / 2], [at.x + gap * .7, at.y + gap - h / 2], [at.x - gap * .7 - w, at.y - gap - h / 2], [at.x - gap * .7 - w, at.y + gap - h / 2]];
  };
  /* Where a name may stand: at its sign, or at any of several points along a line. */
  var spots = function (name, at) { return name.along ? name.along.map(function (p) { return map.latLngToContainerPoint(p); }) : [at]; };
  var put = function (name, at, corner, w) {
    var shift = name.shift || [0, 0], span = page.el("span", "", name.text);
    if (name.color) { span.style.borderBottom = "2px solid " + name.color; }
    var icon = L.divIcon({ className: name.cls, html: span, iconSize: [Math.ceil(w) + 1, 16], iconAnchor: [at.x - shift[0] - corner[0], at.y - shift[1] - corner[1]] });
    L.marker(name.at, { pane: name.pane, interactive: false, keyboard: false, icon: icon }).addTo(shown);
  };
  var draw = function () {
    var names = [], taken = [];
    shown.clearLayers();
    groups.forEach(function (group) { if (map.hasLayer(group.layer)) { names = names.concat(group.names); } });
    names = names.map(function (name) { return name.from > map.getZoom() ? L.extend({}, name, { text: "" }) : name; });
    var points = names.map(function (name) { var at = map.latLngToContainerPoint(name.at); return name.shift ? at.add(name.shift) : at; });
    names.forEach(function (name, k) {
      var at = points[k], r = name.room;
      if (r && inside(name.pane, at.x, at.x)) { taken.push({ own: name, pane: name.pane, x0: at.x - r, y0: at.y - r, x1: at.x + r, y1: at.y + r }); }
    });
    var order = names.map(function (name, k) { return k; }).filter(function (k) { return names[k].text && inside(names[k].pane, points[k].x, points[k].x); });
    order.sort(function (a, b) { return names[b].weight - names[a].weight || a - b; }).forEach(function (k) {
      var name = names[k], w = wide(name.text, name.centred), h = 15;
      spots(name, points[k]).some(function (at) {
        return corners(at, name, w, h).some(function (corner) {
          var box = { own: name, pane: name.pane, x0: corner[0], y0: corner[1], x1: corner[0] + w, y1: corner[1] + h };
          if (!inside(box.pane, box.x0, box.x1) || !free(box, taken, name)) { return false; }
          taken.push(box);
          put(name, points[k], corner, w);
          return true;
        });
      });
    });
  };
  map.on("zoomend resize", draw);
  /* `names` are {at, text, cls, pane, weight, room: radius of the sign, centred, from: zoom, along: points to try, color: of a line below}, shown while `layer` is; without text only the room is kept. */
  return {
    /* `found` are pane -> [lowest, highest] container x, none where a pane is not cut. */
    keep: function (found) { sides = found; draw(); },
    again: draw,
    beside: function (layer, names) {
      var group = groups.filter(function (g) { return g.layer === layer; })[0];
      if (!group) {
        group = { layer: layer };
        groups.push(group);
        layer.on("add remove", draw);
      }
      group.names = names;
      if (map.hasLayer(layer)) { draw(); }
    }
  };
}
