/* Single examples: the plane of a two-feature layer, and labels that are probably wrong. */

const PLANE_HEIGHT = 520;

class Plane {
  constructor() {
    this.select = runSelect(() => this.render());
    this.split = element("select", { "aria-label": "Split", onchange: () => this.render() });
    this.clean = this.box();
    this.corrupted = this.box();
    this.place = element("div");
    this.isEmpty = !state.data.runs.some((run) => run.series.some((s) => s.planes.length > 0));
    this.node = section("plane", "Where do the examples lie?",
      "Features of a layer of width two at the epoch of the slider, the classes' centres, and the lines at which the decision changes.");
    this.node.append(element("div", { class: "card" },
      element("div", { class: "controls" },
        element("label", {}, "run ", this.select), element("label", {}, "data ", this.split),
        element("label", {}, this.clean, " right labels (discs, coloured by class)"),
        element("label", {}, this.corrupted, " wrong labels (triangles: edge true class, middle given label)"),
        saveMenu(() => this.frame && { name: "plane", text: standaloneSvg(this.frame.svg, "Features of two dimensions", []) }, () => this.rows())),
      this.place));
  }

  box() {
    return element("input", { type: "checkbox", checked: true, onchange: () => this.render() });
  }

  render() {
    syncRunSelect(this.select);
    const run = state.data.runs[state.run];
    const telling = run.series.filter((s) => s.planes.length > 0);
    if (telling.length === 0) {
      this.place.replaceChildren(element("p", { class: "note" }, "This run has no layer of width two in its log."));
      return;
    }
    const chosen = Number(this.split.value) < telling.length && this.splitOf === run.name
      ? this.split.value : String(Math.max(0, telling.indexOf(run.training)));
    this.splitOf = run.name;
    options(this.split, telling.map((s, i) => [String(i), s.split + " at " + s.layer]), chosen);
    this.draw(run, telling[Number(chosen)].planeAt(state.moment));
  }

  draw(run, plane) {
    const features = float32s(plane.features);
    const xs = features.filter((_, i) => i % 2 === 0), ys = features.filter((_, i) => i % 2 === 1);
    const [x0, x1] = bounds(xs), [y0, y1] = bounds(ys);
    const frame = this.frame = new Frame({
      width: widthOf(this.place), height: PLANE_HEIGHT, equal: true,
      x: { low: x0, high: x1, label: "feature 1" }, y: { low: y0, high: y1, label: "feature 2" },
      label: `${plane.given.length} examples of ${shortened(run.name)} at ${state.data.axis} ${plane.x}` });
    const { svg, x, y } = frame;
    this.drawBoundaries(frame, plane.classifier);
    const corrupted = [];
    plane.given.forEach((given, i) => {
      if (given !== plane.clean[i]) corrupted.push(i);
      else if (this.clean.checked) {
        svg.append(drawn("circle", { class: `clean fill${given % COLOURS}`, cx: x(xs[i]), cy: y(ys[i]), r: 4 }));
      }
    });
    if (this.corrupted.checked) {
      for (const i of corrupted) {
        const at = `translate(${x(xs[i]).toFixed(1)} ${y(ys[i]).toFixed(1)})`;
        svg.append(
          drawn("path", { class: `corrupted c${plane.clean[i] % COLOURS}`, transform: at, d: "M0-7L6.5 5H-6.5Z" }),
          drawn("circle", { class: `fill${plane.given[i] % COLOURS}`, transform: at, cy: 1, r: 2.2 }));
      }
    }
    this.drawCentres(run, plane.centres);
    this.rows = () => [["feature 1", "feature 2", "label", "true class"],
      ...xs.map((value, i) => [value, ys[i], run.className(plane.given[i]), run.className(plane.clean[i])])];
    this.place.replaceChildren(staleNote(run, plane.x), svg, element("p", { class: "note" },
      `${plane.given.length} examples at ${state.data.axis} ${plane.x}, `
      + `${corrupted.length} of them with a label known to be wrong.`));
  }

  /* Centres with their names, each beside its mark and below those above it. */
  drawCentres(run, centres) {
    const { svg, x, y, right } = this.frame;
    const marks = centres.map((centre, c) => centre && { c, left: x(centre[0]), top: y(centre[1]) })
      .filter((mark) => mark).sort((a, b) => a.top - b.top);
    let below = -Infinity;
    for (const { c, left, top } of marks) {
      below = Math.max(top + 4, below + 15);
      const name = shortened(run.className(c), 24);
      const before = left + 15 + 7 * name.length > right && left > this.frame.width / 2;
      const room = 0.85 * (before ? left : this.frame.width - left) - 20; // bold is wider than what is measured
      svg.append(
        drawn("path", { class: `centre fill${c % COLOURS}`, transform: `translate(${left.toFixed(1)} ${top.toFixed(1)})`, d: "M0-11L11 0L0 11L-11 0Z" }),
        drawn("text", { class: "strong halo", x: left + (before ? -15 : 15), y: below, "text-anchor": before ? "end" : "start" }, fitting(name, room)));
    }
  }

  /* Where the logits of two classes are equal and above all others, within the drawing. */
  drawBoundaries({ svg, x, y, domain: { x0, x1, y0, y1 } }, classifier) {
    const box = [[1, 0, -x0], [-1, 0, x1], [0, 1, -y0], [0, -1, y1]];
    let d = "";
    classifier.forEach((a, i) => classifier.slice(i + 1).forEach((b, j) => {
      const others = classifier.filter((_, k) => k !== i && k !== i + 1 + j).map((c) => less(a, c));
      const segment = clipped(less(a, b), [...box, ...others]);
      if (segment) {
        const [[ax, ay], [bx, by]] = segment;
        d += `M${x(ax).toFixed(1)} ${y(ay).toFixed(1)}L${x(bx).toFixed(1)} ${y(by).toFixed(1)}`;
      }
    }));
    svg.append(drawn("path", { class: "boundary", d }));
  }
}

/* Rows [p, q, r] stand for p x + q y + r. */
const less = (a, b) => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];

/* The part of the line where a row is zero on which all others are at least zero. */
function clipped([p, q, r], others) {
  const size = p * p + q * q;
  if (size === 0) return null;
  const origin = [(-r * p) / size, (-r * q) / size], along = [-q, p];
  let from = -Infinity, to = Infinity;
  for (const [a, b, c] of others) {
    const start = a * origin[0] + b * origin[1] + c, rise = a * along[0] + b * along[1];
    if (rise === 0) {
      if (start < 0) return null;
    } else if (rise > 0) from = Math.max(from, -start / rise);
    else to = Math.min(to, -start / rise);
  }
  const at = (t) => [origin[0] + t * along[0], origin[1] + t * along[1]];
  return from < to ? [at(from), at(to)] : null;
}

class Suspects {
  constructor() {
    this.select = runSelect(() => this.render());
    this.place = element("div", { class: "card" });
    this.isEmpty = !state.data.runs.some((run) => run.json.suspects.length > 0);
    this.node = section("suspects", "Which labels are probably wrong?",
      "The most suspicious training examples first. The margin is the logit of the label less the largest other; the lower, the more suspicious.");
    this.node.append(
      element("div", { class: "controls" }, element("label", {}, "run ", this.select)), this.place);
  }

  render() {
    syncRunSelect(this.select);
    const run = state.data.runs[state.run];
    const rows = run.json.suspects;
    this.place.replaceChildren(rows.length === 0
      ? element("p", { class: "note" }, "This run's log names no suspects.")
      : table(`${rows.length} suspects of ${shortened(run.name)}`,
        ["example", "labelled as", "sits with", "margin", "distance ratio of centres"],
        rows.map(([example, given, sitsWith, margin, ratio]) =>
          [String(example), words(run.className(given)), words(run.className(sitsWith)), margin, ratio])));
  }
}
