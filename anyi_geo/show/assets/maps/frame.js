/* The frame of a map: views, scale, north, caption with the number of its examination, print on A4 landscape. */
function anyiFrame(page) {
  "use strict";
  var map = page.map, data = page.data, el = page.el, outline = page.outline, frame = page.frame, NARROW = 900;
  var box = function (css) { return frame.querySelector(css); };
  /* The view leaves out what the panels hide: at the sides, on a narrow screen above and below. */
  var clear = function () {
    var title = box(".am-title"), tools = box(".am-tools"), caption = box(".am-caption");
    if (map.getSize().x <= NARROW) {
      return { left: 16, right: 16, top: page.below() + (swiping() ? 40 : 12), bottom: (caption ? caption.offsetHeight : 0) + 60 };
    }
    return { left: title ? title.offsetWidth + 24 : 16, right: tools ? tools.offsetWidth + 24 : 16, top: swiping() ? 42 : 16, bottom: 16 };
  };
  var swiping = function () { return box(".am-side") && box(".am-side").style.display !== "none"; };
  /* How far down the title hides the map's middle. */
  page.below = function () {
    var title = box(".am-title");
    return title && map.getSize().x <= NARROW && !frame.classList.contains("am-printing") ? title.offsetTop + title.offsetHeight : 0;
  };
  page.room = function (bounds, options) {
    var c = clear();
    map.fitBounds(bounds, L.extend({ paddingTopLeft: [c.left + 24, c.top + 8], paddingBottomRight: [c.right + 24, c.bottom + 24], animate: false }, options));
  };
  page.fit = function () {
    var c = clear();
    map.fitBounds(outline.getBounds(), { paddingTopLeft: [c.left, c.top], paddingBottomRight: [c.right, c.bottom], animate: false });
  };
  var Scale = L.Control.Scale.extend({
    _updateMetric: function (most) {
      var metres = this._getRoundNum(most);
      this._updateScale(this._mScale, metres < 1000 ? metres + " 米" : metres / 1000 + " 公里", metres / most);
    }
  });
  var caption = function () {
    var told = el("div", "am am-caption"), number = el("span", "am-number", data.review || "（待填）");
    /* Filled in by hand before printing; the scenario file keeps it for good. */
    try { number.contentEditable = "plaintext-only"; } catch (older) { number.contentEditable = "true"; }
    number.setAttribute("role", "textbox");
    number.setAttribute("aria-label", "审图号");
    number.title = "点此填写审图号，打印时带上；长期使用请写进情景文件的 [maps] review_number";
    told.appendChild(el("span", "", "审图号："));
    told.appendChild(number);
    told.appendChild(el("span", "", "　资料来源：" + data.source + "；" + data.caption));
    return told;
  };
  /* On paper only the left column stands, and the map fills what is beside it. */
  var PAPER = { left: 400, top: 16, right: 16, bottom: 64 };
  var printing = function () {
    var seen = null, home = map.getZoom(), whole = outline.getBounds();
    window.addEventListener("beforeprint", function () {
      seen = { center: map.getCenter(), zoom: map.getZoom() };
      /* Who looks closer prints what he looks at; else the whole county. */
      var near = map.getBounds(), close = !near.contains(whole) && whole.intersects(near) && map.getZoom() > home + .5;
      var above = swiping() ? 30 : 0;
      map.closePopup();
      frame.classList.add("am-printing");
      map.invalidateSize({ animate: false, pan: false });
      if (close) { map.fitBounds(near.pad(-.1), { paddingTopLeft: [PAPER.left, above], paddingBottomRight: [0, 40], animate: false }); }
      else { map.fitBounds(whole, { paddingTopLeft: [PAPER.left, PAPER.top + above], paddingBottomRight: [PAPER.right, PAPER.bottom], animate: false }); }
      page.printing.forEach(function (tell) { tell(true, map.latLngToContainerPoint((close ? near : whole).getCenter()).x / map.getSize().x); });
      Object.keys(page.renderer).forEach(function (name) { if (page.renderer[name]._map) { page.renderer[name]._redraw(); } });
    });
    window.addEventListener("afterprint", function () {
      frame.classList.remove("am-printing");
      map.invalidateSize({ animate: false, pan: false });
      if (seen) { map.setView(seen.center, seen.zoom, { animate: false }); }
      page.printing.forEach(function (tell) { tell(false); });
    });
  };
  page.finish = function () {
    new Scale({ imperial: false, position: "bottomright" }).addTo(map);
    page.control("bottomright", function () {
      var north = el("div", "am am-north");
      north.appendChild(el("div", "", "北"));
      north.appendChild(el("div", "", "▲"));
      return north;
    });
    page.control("bottomright", function () {
      var whole = page.press("看全县", function () { map.closePopup(); page.fit(); });
      whole.className = "am am-whole-county";
      return whole;
    });
    page.control("bottomright", caption);
    var c = clear();
    L.Popup.mergeOptions({ minWidth: 210, autoPanPaddingTopLeft: [c.left, map.getSize().x > NARROW ? 44 : 20], autoPanPaddingBottomRight: [c.right, 30] });
    page.fit();
    page.arrange();
    page.names.again();
    printing();
    frame.setAttribute("data-ready", "yes");
  };
}
