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
        marker.setStyle({ fillColor: fill, color: fill === page.data.scale.none ? "#333" : "#fff" });
      });
    }
  };
}

/* Fills `layer` with sites and their names. */
function anyiSites(page, layer, sites, pane, namePane, clicked) {
  "use strict";
  layer.clearLayers();
  sites.forEach(function (site) {
    L.circleMarker([site.lat, site.lon], {
      pane: pane, radius: 8, weight: 2, color: "#fff", fillColor: site.batch === 1 ? "#c2255c" : "#0b7a5c", fillOpacity: 1
    }).bindPopup(function () { return page.table(site.name, clicked(site)); }, { maxWidth: 340 })
      .bindTooltip(page.el("span", "", site.short)).addTo(layer);
  });
  page.names.beside(layer, sites.map(function (site) {
    return { at: [site.lat, site.lon], text: site.short, cls: "am-site am-batch" + Math.min(2, site.batch), pane: namePane, weight: 1e9 - site.batch, room: 9 };
  }));
}
