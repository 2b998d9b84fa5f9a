/* Dilation against memorization: a curve a loss, a point a run, the theory behind. */

/* What can be on an axis: a metric, or a product of two. */
const PER_EXAMPLE = "noise.rate x memorization.relative";
const PICTURE_HEIGHT = 400;
const PICTURE_X = [
  PER_EXAMPLE, "noise.rate", "memorization.fraction", "memorization.fitted", "memorization.relative",
  "memorization.sum"];
const PICTURE_Y = [
  "dilation.relative", "dilation.cdnv", "dilation.nc1", "dilation.quotient", "dilation.radius"];

class Picture {
  constructor() {
    this.x = element("select", { "aria-label": "Across", onchange: () => this.render() });
    this.y = element("select", { "aria-label": "Upwards", onchange: () => this.render() });
    this.place = element("div");
    this.note = element("p", { class: "note" });
    const measuredX = PICTURE_X.filter((key) => this.points(key, PICTURE_Y[0]).length > 0);
    const measuredY = PICTURE_Y.filter((key) => state.data.runs.some((r) => r.valueAt(key, Infinity) !== null));
    this.isEmpty = measuredX.length === 0 || measuredY.length === 0;
    options(this.x, measuredX.map((k) => [k, k]), measuredX[0]);
    options(this.y, measuredY.map((k) => [k, k]), measuredY[0]);
    this.node = section("picture", "Does memorizing spread the classes?",
      "Dilation against memorization: a point a run, at the epoch of the slider; a curve a loss.");
    this.node.append(element("div", { class: "card" },
      element("div", { class: "controls" },
        element("label", {}, "across ", this.x), element("label", {}, "upwards ", this.y)),
      this.place, this.note));
  }

  points(xKey, yKey) {
    return visibleRuns()
      .map((run) => ({ run, x: pictureValue(run, xKey), y: pictureValue(run, yKey) }))
      .filter((p) => p.x !== null && p.y !== null);
  }

  /* Runs of one loss and noise rate are repetitions: the curve goes through their mean. */
  curves(points) {
    const byLoss = new Map();
    for (const point of points) {
      const loss = point.run.json.loss ?? "";
      const noise = point.run.json.noise ?? "";
      if (!byLoss.has(loss)) byLoss.set(loss, new Map());
      const byNoise = byLoss.get(loss);
      if (!byNoise.has(noise)) byNoise.set(noise, []);
      byNoise.get(noise).push(point);
    }
    const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
    return [...byLoss].map(([loss, byNoise]) => ({
      loss,
      points: [...byNoise].sort((a, b) => a[0] - b[0]).map(([noise, of]) => ({
        noise, x: mean(of.map((p) => p.x)), y: mean(of.map((p) => p.y)) })),
    }));
  }

  theory() {
    const column = { "noise.rate": (p) => p[0], "memorization.fraction": (p) => p[1],
      "memorization.relative": (p) => p[2],
      [PER_EXAMPLE]: (p) => p[2] === null ? (p[0] === 0 ? 0 : null) : p[0] * p[2] }[this.x.value];
    if (!column || this.y.value !== "dilation.relative") return [];
    return state.data.json.theory
      .map((curve) => ({
        label: curve.label,
        points: curve.points.map((p) => ({ x: column(p), y: p[3] }))
          .filter((p) => p.x !== null && p.y !== null) }))
      .filter((curve) => curve.points.length > 1);
  }

  render() {
    const points = this.points(this.x.value, this.y.value);
    if (points.length === 0) {
      this.place.replaceChildren(element("p", { class: "note" }, "No run that is shown has both."));
      return;
    }
    const width = widthOf(this.place);
    const theory = this.theory(), curves = this.curves(points);
    const behind = theory.flatMap((c) => c.points);
    const drawing = axes({
      width, height: PICTURE_HEIGHT, fromZero: true,
      xs: [...behind.map((p) => p.x), ...pictureExtent(this.x.value)],
      ys: [...behind.map((p) => p.y), ...pictureExtent(this.y.value)],
      xLabel: this.x.value + unit(this.x.value), yLabel: this.y.value + unit(this.y.value),
      label: `${this.y.value} against ${this.x.value} of ${points.length} runs` });
    const { svg, x, y } = drawing;
    const path = (list) => list.map((p, i) => `${i ? "L" : "M"}${x(p.x).toFixed(1)} ${y(p.y).toFixed(1)}`).join("");
    const labels = [];
    for (const curve of theory) {
      svg.append(drawn("path", { class: "theory", d: path(curve.points) }));
      labels.push({ text: "theory, " + curve.label, ...curve.points[curve.points.length - 1] });
    }
    curves.forEach((curve, i) => {
      svg.append(drawn("path", { class: `curve d${i % DASHES.length}`, d: path(curve.points) }));
      if (curve.loss) labels.push({ text: curve.loss, strong: true, ...curve.points[curve.points.length - 1] });
    });
    for (const p of points) {
      const noise = p.run.json.noise;
      svg.append(drawn("circle", {
        class: `fill${colourIndex(p.run.colour)}`, cx: x(p.x), cy: y(p.y), r: 6.5,
        stroke: "var(--card)", "stroke-width": 1.5 },
        drawn("title", {}, `${p.run.name}: ${number(p.x)}, ${number(p.y)}`
          + (noise === null ? "" : `, noise rate ${number(noise)}`))));
    }
    placeLabels(svg, labels.map((l) => ({ ...l, px: x(l.x), py: y(l.y) })), width);
    const keys = curves.filter((c) => c.loss).map((curve, i) => element("span", {},
      drawn("svg", { class: "sample", width: 28, height: 8, "aria-hidden": "true" },
        drawn("path", { class: `curve d${i % DASHES.length}`, d: "M0 4H28" })), curve.loss));
    this.place.replaceChildren(svg, element("div", { class: "keys" }, ...keys), element("details", {},
      element("summary", {}, "Data"),
      table("At the epoch of the slider", ["run", "noise rate", this.x.value, this.y.value],
        points.map((p) => [p.run.name, number(p.run.json.noise), number(p.x), number(p.y)]))));
    this.note.textContent = theory.length > 0
      ? "Broad, behind: the memorization-dilation model of two classes, so its shape is to be compared, not its height."
      : "";
  }
}

function unit(key) {
  if (key === PER_EXAMPLE) return "  (moved per training example, in D)";
  if (key === "memorization.sum" || key === "dilation.radius") return "  (feature units)";
  if (key === "dilation.relative") return "  (r / D)";
  if (key === "noise.rate") return "  (share of wrong labels)";
  return "";
}

function pictureValue(run, key) {
  if (key !== PER_EXAMPLE) {
    return key === "noise.rate" ? run.json.noise : run.valueAt(key, state.moment);
  }
  if (run.json.noise === 0) return 0;
  const moved = run.valueAt("memorization.relative", state.moment);
  return run.json.noise === null || moved === null ? null : run.json.noise * moved;
}

/* Lowest and highest value of the runs shown at any moment, so that the axes stay as points move. */
function pictureExtent(key) {
  const extent = [];
  for (const run of visibleRuns()) {
    if (key === "noise.rate") extent.push(run.json.noise ?? 0);
    else {
      const values = run.columnOf(key === PER_EXAMPLE ? "memorization.relative" : key);
      const factor = key === PER_EXAMPLE ? run.json.noise ?? 0 : 1;
      if (values.length > 0) extent.push(factor * lowest(values), factor * highest(values));
    }
  }
  return extent.length > 0 ? extent : [0, 1];
}

/* Labels beside the ends of curves, moved apart where they would lie over one another. */
function placeLabels(svg, labels, width) {
  labels.sort((a, b) => a.py - b.py);
  let below = -Infinity;
  for (const label of labels) {
    const y = Math.max(label.py - 10, below + 16);
    below = y;
    const left = label.px > width * 0.6;
    svg.append(drawn("text", {
      class: label.strong ? "strong halo" : "halo", x: label.px + (left ? -12 : 12), y,
      "text-anchor": left ? "end" : "start" }, label.text));
  }
}
