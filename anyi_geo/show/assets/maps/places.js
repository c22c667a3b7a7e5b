/* Demand points coloured by minutes, and care sites, on the two sides of a swipe. */
function anyiPoints(page, points, pane, clicked) {
  "use strict";
  var markers = points.lat.map(function (lat, k) {
    var marker = L.circleMarker([lat, points.lon[k]], {
      renderer: page.renderer[pane], radius: points.radius[k], weight: .6, color: "#fff", fillOpacity: points.counted[k] ? .92 : .35
    });
    marker.on("click", function (event) { page.popup(event.latlng, clicked(k)); });
    return marker;
  });
  return {
    layer: L.layerGroup(markers),
    paint: function (colourOf) {
      markers.forEach(function (marker, k) {
        var fill = colourOf(k), quiet = fill === page.data.quiet;
        marker.setStyle({
          fillColor: fill, color: fill === page.data.none ? "#333" : "#fff", stroke: !quiet,
          fillOpacity: quiet ? .6 : points.counted[k] ? .92 : .35
        });
        if (page.data.quiet && !quiet && marker._map) { marker.bringToFront(); }
      });
    }
  };
}

/* Demand points without a mouse: the one nearest to the middle of the view, and from point to point of one village. */
function anyiSteps(page, points, clicked) {
  "use strict";
  var map = page.map, at = function (k) { return L.latLng(points.lat[k], points.lon[k]); };
  page.pick = function () {
    var middle = map.getCenter(), best = 0;
    points.lat.forEach(function (lat, k) { if (middle.distanceTo(at(k)) < middle.distanceTo(at(best))) { best = k; } });
    page.popup(at(best), clicked(best), page.frame);
  };
  return function (k) {
    var own = points.villageOf.reduce(function (found, village, n) { return village === points.villageOf[k] ? found.concat(n) : found; }, []);
    var line = page.el("p", "am-steps"), place = own.indexOf(k);
    var step = function (text, name, by) {
      var button = page.press(text, function () {
        var to = own[(place + by + own.length) % own.length];
        page.popup(at(to), clicked(to), page.frame);
        /* The popup that fades out still stands before the new one. */
        var same = page.frame.querySelectorAll('.am-steps [aria-label="' + name + '"]');
        same[same.length - 1].focus({ preventScroll: true });
      });
      button.setAttribute("aria-label", name);
      return button;
    };
    if (own.length > 1) { line.appendChild(step("‹", "本村上一个人口点", -1)); }
    line.appendChild(page.el("span", "", "本村第 " + (place + 1) + " / " + own.length + " 个人口点"));
    if (own.length > 1) { line.appendChild(step("›", "本村下一个人口点", 1)); }
    return line;
  };
}

/* Fills `layer` with sites and their names. */
function anyiSites(page, layer, sites, pane, namePane, clicked, rank) {
  "use strict";
  layer.clearLayers();
  var names = sites.map(function (site) {
    return { at: [site.lat, site.lon], text: site.short, cls: "am-site am-batch" + Math.min(2, site.batch), pane: namePane, weight: 1e9 - site.batch, room: 10 };
  });
  var markers = sites.map(function (site) {
    return L.marker([site.lat, site.lon], {
      pane: pane, title: site.name, alt: site.name, icon: L.divIcon({ className: "am-sign", html: page.numbered(site.batch), iconSize: [20, 20] })
    }).bindPopup(function () { return page.table(site.name, clicked(site)); }, { maxWidth: 400 }).addTo(layer);
  });
  page.names.beside(layer, names);
  if (rank !== undefined) { page.standing(layer, markers, rank, 10, names); }
}
