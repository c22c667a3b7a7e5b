/* Draws two runs on one canvas, cut at the slider; or only where they differ. */
function anyiCompare(data) {
  "use strict";
  var canvas = document.getElementById("map"), ctx = canvas.getContext("2d");
  var left = document.getElementById("left"), right = document.getElementById("right");
  var split = document.getElementById("split"), only = document.getElementById("difference");
  var run = data.runs[0], all = { x: [], y: [] };
  run.lon.forEach(function (v, k) { all.x.push(v); all.y.push(run.lat[k]); });
  data.outline.forEach(function (ring) { ring.forEach(function (p) { all.x.push(p[0]); all.y.push(p[1]); }); });
  var min = function (a) { return a.reduce(function (m, v) { return Math.min(m, v); }, Infinity); };
  var max = function (a) { return a.reduce(function (m, v) { return Math.max(m, v); }, -Infinity); };
  var x0 = min(all.x), x1 = max(all.x), y0 = min(all.y), y1 = max(all.y), squeeze = Math.cos((y0 + y1) / 2 * Math.PI / 180);
  var pad = 30, scale = Math.min((canvas.width - 2 * pad) / ((x1 - x0) * squeeze || 1), (canvas.height - 2 * pad) / (y1 - y0 || 1));
  var ox = (canvas.width - (x1 - x0) * squeeze * scale) / 2, oy = (canvas.height - (y1 - y0) * scale) / 2;
  var X = function (lon) { return ox + (lon - x0) * squeeze * scale; }, Y = function (lat) { return canvas.height - oy - (lat - y0) * scale; };
  var inside = function (r, k) { return r.minutes[k] !== null && r.minutes[k] <= r.limit; };
  var dot = function (x, y, r, fill, ring) { ctx.beginPath(); ctx.arc(x, y, r, 0, 7); ctx.fillStyle = fill; ctx.fill(); ctx.lineWidth = 1; ctx.strokeStyle = ring; ctx.stroke(); };
  var draw = function (r) {
    r.lon.forEach(function (lon, k) {
      if (!r.persons[k]) { return; }
      var none = r.minutes[k] === null;
      dot(X(lon), Y(r.lat[k]), 2 + Math.sqrt(r.persons[k]) / 2.2, none ? "#fff" : inside(r, k) ? "#3182bd" : "#f0a05a", none ? "#333" : "#fff");
    });
    r.sites.forEach(function (s) { dot(X(s.lon), Y(s.lat), 9, s.batch === 1 ? "#c2255c" : "#0b7a5c", "#fff"); });
  };
  var clip = function (from, to, work) { ctx.save(); ctx.beginPath(); ctx.rect(from, 0, to - from, canvas.height); ctx.clip(); work(); ctx.restore(); };
  var label = function (text, x, align) {
    ctx.font = "600 22px sans-serif"; ctx.textAlign = align; ctx.fillStyle = "#26282b"; ctx.fillText(text, x, 34);
  };
  var paint = function () {
    var a = data.runs[left.value], b = data.runs[right.value], cut = canvas.width * split.value / 100;
    ctx.clearRect(0, 0, canvas.width, canvas.height);
    ctx.strokeStyle = "#4a4c50"; ctx.lineWidth = 1.5;
    data.outline.forEach(function (ring) { ctx.beginPath(); ring.forEach(function (p, k) { ctx[k ? "lineTo" : "moveTo"](X(p[0]), Y(p[1])); }); ctx.closePath(); ctx.stroke(); });
    split.style.visibility = only.checked ? "hidden" : "";
    if (only.checked) {
      a.lon.forEach(function (lon, k) {
        var was = inside(a, k), is = inside(b, k);
        if (a.persons[k]) { dot(X(lon), Y(a.lat[k]), 2 + Math.sqrt(a.persons[k]) / 2.2, was === is ? "#dedbd2" : is ? "#08519c" : "#e6550d", "#fff"); }
      });
      label(b.title + " 相对 " + a.title, canvas.width / 2, "center");
      return;
    }
    clip(0, cut, function () { draw(a); });
    clip(cut, canvas.width, function () { draw(b); });
    ctx.fillStyle = "#26282b"; ctx.fillRect(cut - 1, 0, 2, canvas.height);
    label(a.title, 16, "left"); label(b.title, canvas.width - 16, "right");
  };
  [left, right, split, only].forEach(function (node) { node.addEventListener("input", paint); });
  paint();
  document.body.setAttribute("data-ready", "yes");
}
