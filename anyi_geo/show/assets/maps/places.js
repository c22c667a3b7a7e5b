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
        var fill = colourOf(k);
        marker.setStyle({ fillColor: fill, color: fill === page.data.none ? "#333" : "#fff" });
      });
    }
  };
}

/* Fills `layer` with sites and their names. */
function anyiSites(page, layer, sites, pane, namePane, clicked) {
  "use strict";
  layer.clearLayers();
  sites.forEach(function (site) {
    L.marker([site.lat, site.lon], {
      pane: pane, title: site.name, alt: site.name, icon: L.divIcon({ className: "am-sign", html: page.numbered(site.batch), iconSize: [20, 20] })
    }).bindPopup(function () { return page.table(site.name, clicked(site)); }, { maxWidth: 360 }).addTo(layer);
  });
  page.names.beside(layer, sites.map(function (site) {
    return { at: [site.lat, site.lon], text: site.short, cls: "am-site am-batch" + Math.min(2, site.batch), pane: namePane, weight: 1e9 - site.batch, room: 10 };
  }));
}
