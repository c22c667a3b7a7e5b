/* The drawings of signs, and how signs that meet step aside for each other. */
function anyiDrawings(page) {
  "use strict";
  var map = page.map;
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
  /* Circles of a key beside each other, each with what it stands for. */
  page.circles = function (key) {
    var x = 0, high = Math.max.apply(null, key.map(function (size) { return 2 * size[1]; }).concat(16)), parts = key.map(function (size) {
      var r = size[1], at = x + r + 1;
      x += 2 * r + 12 + 8 * String(size[0]).length;
      return '<circle cx="' + at + '" cy="' + high / 2 + '" r="' + r + '" fill="#8c8a83" stroke="#fff" stroke-width=".6"/><text x="' + (at + r + 3) + '" y="' + (high / 2 + 4) + '" font-size="12" fill="#26282b">' + Number(size[0]) + '</text>';
    });
    return '<svg viewBox="0 0 ' + x + ' ' + high + '" width="' + x + '" height="' + high + '">' + parts.join("") + '</svg>';
  };
  page.arrow = function (line, color, pane) {
    var mid = Math.max(1, Math.floor(line.length / 2)), a = line[mid - 1], b = line[mid];
    var turn = Math.atan2((b[1] - a[1]) * Math.cos(a[0] * Math.PI / 180), b[0] - a[0]) * 180 / Math.PI;
    var svg = '<svg width="14" height="14" viewBox="0 0 12 12" style="transform:rotate(' + turn.toFixed(0) + 'deg)"><path d="M6 1 L10 10 L6 8 L2 10 Z" fill="' + color + '" stroke="#fff" stroke-width=".6"/></svg>';
    return L.marker(b, { pane: pane || "move", interactive: false, keyboard: false, icon: L.divIcon({ className: "", html: svg, iconSize: [14, 14] }) });
  };

  /* Signs of several layers in one place: the first keeps it, the others stand beside it, by a few pixels at any scale. */
  var entries = [], ways = [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1], [.8, .8], [-.8, .8], [.8, -.8], [-.8, -.8]];
  var arrange = function () {
    var taken = [];
    entries.filter(function (entry) { return entry.marker._icon && map.hasLayer(entry.layer); }).sort(function (a, b) { return a.rank - b.rank; }).forEach(function (entry) {
      var at = map.latLngToContainerPoint(entry.marker.getLatLng());
      var place = function (way) { return [at.x + way[0] * 17, at.y + way[1] * 17]; };
      var way = ways.filter(function (way) {
        var p = place(way);
        return taken.every(function (t) { return Math.hypot(p[0] - t[0], p[1] - t[1]) > .8 * (entry.radius + t[2]); });
      })[0] || ways[0];
      var icon = entry.marker._icon;
      taken.push(place(way).concat(entry.radius));
      icon.style.marginLeft = (way[0] * 17 - icon.offsetWidth / 2) + "px";
      icon.style.marginTop = (way[1] * 17 - icon.offsetHeight / 2) + "px";
      entry.name.shift = [way[0] * 17, way[1] * 17];
    });
  };
  map.on("zoomend", arrange);
  /* `rank`: the lowest stays where it is; `name`: the entry of its name, which moves along. */
  page.standing = function (layer, markers, rank, radius, names) {
    entries = entries.filter(function (entry) { return entry.layer !== layer; }).concat(markers.map(function (marker, k) {
      return { layer: layer, marker: marker, rank: rank, radius: radius, name: names[k] };
    }));
    layer.on("add remove", function () { setTimeout(function () { arrange(); page.names.again(); }); });
  };
  page.arrange = arrange;
}
