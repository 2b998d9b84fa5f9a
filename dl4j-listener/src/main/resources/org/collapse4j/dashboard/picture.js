/* Dilation against memorization: a point a run, a curve a loss, the theory behind. */

/* What can be on an axis: a metric, or a product of two. */
const PER_EXAMPLE = "noise.rate x memorization.relative";
const PICTURE_HEIGHT = 400;
const PICTURE_X = [
  PER_EXAMPLE, "noise.rate", "memorization.fraction", "memorization.fitted", "memorization.relative",
  "memorization.sum"];
const PICTURE_Y = [
  "dilation.relative", "dilation.cdnv", "dilation.nc1", "dilation.quotient", "dilation.radius"];
const UNITS = {
  [PER_EXAMPLE]: " (moved per training example, in D)", "memorization.sum": " (feature units)",
  "dilation.radius": " (feature units)", "dilation.relative": " (r / D)", "noise.rate": " (share of wrong labels)" };

/* Where a point of the theory is on an axis. */
const THEORY_X = {
  "noise.rate": (p) => p[0], "memorization.fraction": (p) => p[1], "memorization.relative": (p) => p[2],
  [PER_EXAMPLE]: (p) => (p[2] === null ? (p[0] === 0 ? 0 : null) : p[0] * p[2]) };

class Picture {
  constructor() {
    const { runs, json } = state.data;
    const measuredX = PICTURE_X.filter((key) => json.theory.length > 0 && runs.length === 0
      ? THEORY_X[key] && json.theory.some((curve) => curve.points.some((p) => p[0] > 0 && THEORY_X[key](p) !== null))
      : runs.some((run) => pictureValue(run, key, Infinity) !== null));
    const measuredY = PICTURE_Y.filter((key) => runs.some((r) => r.valueAt(key, Infinity) !== null));
    if (runs.length === 0 && json.theory.length > 0) measuredY.push("dilation.relative");
    this.isEmpty = measuredX.length === 0 || measuredY.length === 0;
    const chosen = (id, keys, first) => (keys.includes(chosenOf(id).key) ? chosenOf(id).key : keys.includes(first) ? first : keys[0]);
    const select = (label, id, keys, first) => {
      const node = element("select", { "aria-label": label, onchange: () => {
        chosenOf(id).key = node.value;
        this.render();
        writeView();
      } });
      options(node, keys.map((k) => [k, k]), chosen(id, keys, first));
      return node;
    };
    this.x = select("Across", "across", measuredX, json.across);
    this.y = select("Upwards", "upwards", measuredY, "");
    this.place = element("div", { class: "stage" });
    this.keys = element("div", { class: "keys" });
    this.note = element("p", { class: "note" });
    this.values = element("div", { class: "values", hidden: true });
    this.node = section("picture", "Does memorizing spread the classes?",
      "Dilation against memorization: a point a run, at the epoch of the slider; a curve a loss.");
    this.node.append(element("div", { class: "card" },
      element("div", { class: "controls" },
        element("label", {}, "across ", this.x), element("label", {}, "upwards ", this.y),
        element("div", { class: "buttons" },
          dataButton(this.place, this.values, () => this.fillTable(), () => this.render()),
          saveMenu(() => this.file(), () => this.rows()))),
      this.place, this.values, this.keys, this.note));
  }

  points() {
    return visibleRuns()
      .map((run) => ({ run, loss: run.json.loss ?? "loss not known", noise: run.json.noise,
        ended: run.last < Math.min(state.moment, state.data.last),
        x: pictureValue(run, this.x.value, state.moment), y: pictureValue(run, this.y.value, state.moment) }))
      .filter((p) => p.x !== null && p.y !== null);
  }

  /* Runs of one loss and noise rate are repetitions: the curve goes through their mean. */
  curves(points) {
    return [...d3.group(points, (p) => p.loss, (p) => p.noise)].map(([loss, byNoise]) => ({
      loss,
      points: [...byNoise].sort((a, b) => a[0] - b[0]).map(([, same]) =>
        [d3.mean(same, (p) => p.x), d3.mean(same, (p) => p.y)]) }));
  }

  theory() {
    const x = THEORY_X[this.x.value];
    if (!x || this.y.value !== "dilation.relative") return [];
    return state.data.json.theory
      .map(({ label, points }, index) => ({
        label, index, points: points.map((p) => [x(p), p[3]]).filter((p) => p[0] !== null && p[1] !== null) }))
      .filter((curve) => curve.points.length > 0);
  }

  render() {
    const points = this.shown = this.points();
    const theory = this.theory();
    this.frame = null;
    if (points.length === 0 && theory.length === 0) {
      this.place.replaceChildren(element("p", { class: "note" }, "No run that is shown has both."));
      this.keys.replaceChildren();
      this.note.textContent = "";
      return;
    }
    const losses = [...new Set(state.data.runs.map((run) => run.json.loss ?? "loss not known"))];
    const colours = new Map(losses.map((loss, i) => [loss, i]));
    const behind = theory.flatMap((curve) => curve.points);
    const [xLow, xHigh] = bounds([...behind.map((p) => p[0]), ...pictureExtent(this.x.value)], { fromZero: true });
    const [yLow, yHigh] = bounds([...behind.map((p) => p[1]), ...pictureExtent(this.y.value)], { fromZero: true });
    const axis = (key) => key + (UNITS[key] ?? "");
    const frame = this.frame = new Frame({
      width: widthOf(this.place), height: PICTURE_HEIGHT,
      x: { low: xLow, high: xHigh, label: axis(this.x.value) }, y: { low: yLow, high: yHigh, label: axis(this.y.value) },
      label: `${this.y.value} against ${this.x.value} of ${points.length} runs` });
    const alone = state.data.runs.length === 0;
    for (const curve of theory) {
      if (curve.points.length === 1) {
        const [[x, y]] = curve.points;
        frame.area.append(drawn("circle", { class: `fill${colourIndex(curve.index)}`, cx: frame.x(x), cy: frame.y(y), r: 4 }));
      } else {
        frame.line(curve.points, { class: alone ? lineClass(curve.index) : `theory d${curve.index % DASH_NAMES.length}` });
      }
    }
    for (const curve of this.curves(points)) frame.line(curve.points, { class: `curve c${colourIndex(colours.get(curve.loss))}` });
    for (const p of points) {
      const colour = colourIndex(colours.get(p.loss));
      frame.area.append(drawn("circle", {
        class: p.ended ? `ended c${colour}` : `point fill${colour}`, cx: frame.x(p.x), cy: frame.y(p.y), r: 6 },
        drawn("title", {}, `${shortened(p.run.name)}: ${number(p.x)}, ${number(p.y)}`
          + (p.noise === null ? "" : `, noise rate ${number(p.noise)}`)
          + (p.ended ? `, ended at ${state.data.axis} ${p.run.last}` : ""))));
    }
    this.place.replaceChildren(frame.svg);
    this.legend = [
      ...losses.filter((loss) => points.some((p) => p.loss === loss)).map((loss) => ({ label: loss, colour: colours.get(loss) })),
      ...theory.map((curve) => ({ label: "theory, " + curve.label, colour: curve.index, theory: !alone }))];
    this.keys.replaceChildren(...this.legend.map((entry) => element("span", {},
      drawn("svg", { class: "sample", width: 28, height: 10, "aria-hidden": "true" },
        drawn("path", { class: entry.theory ? `theory d${entry.colour % DASH_NAMES.length}` : lineClass(entry.colour), d: "M0 5H28" }),
        entry.theory || alone ? null : drawn("circle", { class: `fill${colourIndex(entry.colour)}`, cx: 14, cy: 5, r: 4.5 })),
      shortened(entry.label))));
    const ended = points.filter((p) => p.ended).length;
    this.note.textContent = [
      ended > 0 ? `Hollow: ${ended === 1 ? "a run" : ended + " runs"} that ended before this ${state.data.axis}, at its last.` : "",
      theory.length > 0 && !alone
        ? "Broad, behind: the memorization-dilation model of two classes, so its shape is to be compared, not its height." : ""]
      .join(" ").trim();
    if (this.place.hidden) this.fillTable();
  }

  rows() {
    return [["run", "loss", "noise rate", this.x.value, this.y.value, state.data.axis],
      ...this.shown.map((p) => [p.run.name, p.loss, p.noise, p.x, p.y, Math.min(p.run.last, state.moment)]),
      ...this.theory().flatMap((curve) => curve.points.map(([x, y]) => ["theory, " + curve.label, "", null, x, y, null]))];
  }

  fillTable() {
    const [head, ...rows] = this.rows();
    this.values.replaceChildren(table("At the epoch of the slider", head,
      rows.map(([name, loss, ...others]) => [shortened(name), words(loss), ...others])));
  }

  file() {
    return this.frame && {
      name: "dilation", text: standaloneSvg(this.frame.svg, `${this.y.value} against ${this.x.value}`, this.legend) };
  }
}

function pictureValue(run, key, moment) {
  if (key !== PER_EXAMPLE) {
    return key === "noise.rate" ? run.json.noise : run.valueAt(key, moment);
  }
  if (run.json.noise === 0) return 0;
  const moved = run.valueAt("memorization.relative", moment);
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
      if (values.length > 0) extent.push(...d3.extent(values).map((v) => factor * v));
    }
  }
  return extent.length > 0 ? extent : [0, 1];
}
