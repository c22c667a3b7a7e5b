/* Backgrounds from the network: nothing is asked for before one is chosen. */
function anyiTiles(page) {
  "use strict";
  var map = page.map, data = page.data, el = page.el, set = el("details"), layer = null;
  var osm = function () { return L.tileLayer("https://tile.openstreetmap.org/{z}/{x}/{y}.png", { attribution: "© OpenStreetMap" }); };
  var tianditu = function () {
    var key = window.prompt("请输入天地图密钥（tk）");
    return key ? L.tileLayer("https://t0.tianditu.gov.cn/vec_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=vec&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=" + encodeURIComponent(key), { attribution: "天地图" }) : null;
  };
  var gaode = function () {
    /* Gaode draws in GCJ-02: shift the tiles by the offset at the middle of the county. */
    var moved = function (center) { return L.latLng(center.lat + data.gcj[1], center.lng + data.gcj[0]); };
    var Shifted = L.TileLayer.extend({
      _getTiledPixelBounds: function (center) { return L.TileLayer.prototype._getTiledPixelBounds.call(this, moved(center)); },
      _setZoomTransform: function (level, center, zoom) { return L.TileLayer.prototype._setZoomTransform.call(this, level, moved(center), zoom); }
    });
    return new Shifted("https://webrd01.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=8&x={x}&y={y}&z={z}", { attribution: "高德" });
  };
  set.appendChild(el("summary", "", "联网底图（选中才联网）"));
  [["不用", null], ["OpenStreetMap", osm], ["高德", gaode], ["天地图（需密钥）", tianditu]].forEach(function (kind, n) {
    var label = el("label"), radio = el("input");
    radio.type = "radio";
    radio.name = "am-tiles";
    radio.checked = n === 0;
    radio.addEventListener("change", function () {
      if (layer) { map.removeLayer(layer); layer = null; }
      layer = kind[1] ? kind[1]() : null;
      if (layer) { layer.addTo(map); layer.bringToBack(); }
    });
    label.appendChild(radio);
    label.appendChild(document.createTextNode(kind[0]));
    set.appendChild(label);
  });
  return set;
}
