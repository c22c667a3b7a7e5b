/* A line to drag between two sides of one map; each side is a set of panes. */
function anyiSwipe(page, left, right) {
  "use strict";
  var map = page.map, place = .5, on = false;
  var handle = page.el("div", "am-swipe"), names = [page.el("div", "am-side"), page.el("div", "am-side")];
  handle.tabIndex = 0;
  handle.setAttribute("role", "slider");
  handle.setAttribute("aria-label", "左右对比分界");
  handle.setAttribute("aria-valuemin", 0);
  handle.setAttribute("aria-valuemax", 100);
  [handle].concat(names).forEach(function (node) { node.style.display = "none"; map.getContainer().appendChild(node); });
  L.DomEvent.disableClickPropagation(handle);
  var cut = function () {
    if (!on) {
      left.concat(right).forEach(function (pane) { map.getPane(pane).style.clip = ""; });
      return;
    }
    var size = map.getSize(), nw = map.containerPointToLayerPoint([0, 0]), se = map.containerPointToLayerPoint(size), x = nw.x + size.x * place;
    left.forEach(function (pane) { map.getPane(pane).style.clip = "rect(" + nw.y + "px," + x + "px," + se.y + "px," + nw.x + "px)"; });
    right.forEach(function (pane) { map.getPane(pane).style.clip = "rect(" + nw.y + "px," + se.x + "px," + se.y + "px," + x + "px)"; });
    handle.style.left = 100 * place + "%";
    names[0].style.right = "calc(" + 100 * (1 - place) + "% + 12px)";
    names[1].style.left = "calc(" + 100 * place + "% + 12px)";
    handle.setAttribute("aria-valuenow", Math.round(100 * place));
  };
  /* While the line is dragged names are cut; when it rests they are set anew, each on its own side. */
  var rest = function () {
    var x = map.getSize().x * place;
    names.forEach(function (node) { node.style.top = page.below() + 10 + "px"; });
    page.names.keep(on ? { leftNames: [-Infinity, x - 2], rightNames: [x + 2, Infinity] } : {});
  };
  var move = function (to) { place = Math.min(.98, Math.max(.02, to)); cut(); };
  handle.addEventListener("pointerdown", function (e) {
    handle.setPointerCapture(e.pointerId);
    map.dragging.disable();
    handle.focus();
    e.preventDefault();
  });
  handle.addEventListener("pointermove", function (e) {
    if (!handle.hasPointerCapture(e.pointerId)) { return; }
    var frame = map.getContainer().getBoundingClientRect();
    move((e.clientX - frame.left) / frame.width);
  });
  handle.addEventListener("pointerup", function () { map.dragging.enable(); rest(); });
  handle.addEventListener("keydown", function (e) {
    var step = e.key === "ArrowLeft" ? -.02 : e.key === "ArrowRight" ? .02 : 0;
    if (step) { move(place + step); rest(); e.preventDefault(); e.stopPropagation(); }
  });
  map.on("moveend resize", function () { if (on) { rest(); } });
  map.on("move zoom viewreset resize zoomend moveend", cut);
  /* The line steps back from what a click opened. */
  map.on("popupopen popupclose", function (e) {
    [handle].concat(names).forEach(function (node) { node.classList.toggle("am-back", e.type === "popupopen"); });
  });
  /* On paper nobody drags: the line stands in the middle of the county. */
  var onScreen = place;
  page.printing.push(function (paper, middle) {
    if (paper) { onScreen = place; }
    move(paper ? middle : onScreen);
    rest();
  });
  return {
    set: function (shown) {
      on = shown;
      [handle].concat(names).forEach(function (node) { node.style.display = on ? "" : "none"; });
      cut();
      rest();
    },
    name: function (first, second) { names[0].textContent = first; names[1].textContent = second; },
    cut: cut
  };
}
