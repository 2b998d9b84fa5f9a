/* Metrics over epochs. */

const PLOT_HEIGHT = 244;
const TIP_ROWS = 10;
const COMPARED_RUNS = 5;
const TABLE_ROWS = 200;
const NEAR_PIXELS = 24;
const FEW_POINTS = 25;
const MANY_LINES = 40;
const MOST_PATHS = 400;
const MOST_PLACES = 2_000;

/* Mean, lowest and highest over lines of {x, y}. Lines may be measured at other moments than each
   other, as all are on an axis of time: of very many moments some are taken. */
function summarised(lines) {
  const all = [...new Set(lines.flatMap((line) => line.x))].sort(d3.ascending);
  const stride = Math.ceil(all.length / MOST_PLACES);
  const x = all.filter((_, i) => i % stride === 0 || i === all.length - 1);
  const values = x.map((place) => lines.map((line) => valueBetween(line, place)).filter((v) => v !== null));
  return { x, y: values.map((v) => d3.mean(v)), low: values.map((v) => d3.min(v)), high: values.map((v) => d3.max(v)) };
}

/* An exponential mean that does not begin at zero. */
function smoothed(y, weight) {
  let sum = 0, weights = 0;
  return y.map((value) => {
    sum = weight * sum + (1 - weight) * value;
    weights = weight * weights + (1 - weight);
    return sum / weights;
  });
}

class Chart {
  /* spec: {id, title, role, keys, compare, log, small}; role is training, heldOut, any or a function
     of a run. */
  constructor(spec) {
    this.spec = spec;
    this.keys = spec.keys.filter((key) => this.isMeasured(key));
    const chosen = chosenOf(spec.id);
    this.key = this.keys.includes(chosen.key) ? chosen.key : this.keys[0] ?? spec.keys[0];
    this.log = chosen.log ?? this.logBelongs();
    this.plot = element("div", {
      class: "plot", tabindex: 0, role: "img",
      onkeydown: (event) => this.onKey(event),
      onpointermove: (event) => this.onPointer(event),
      onpointerdown: (event) => (this.pressed = this.placeOf(event)),
      onpointerup: (event) => this.onRelease(event),
      ondblclick: () => this.zoomTo(null),
      onpointerleave: () => board.showAt(null, null),
      onblur: () => board.showAt(null, null) });
    if (spec.small) {
      this.plot.classList.add("small");
      this.node = this.plot;
    } else this.build();
  }

  isMeasured(key) {
    return state.data.runs.some((run) => this.seriesOf(run, key));
  }

  seriesOf(run, key = this.key) {
    const role = this.spec.role;
    if (typeof role === "string") return run.seriesFor(role, key);
    const series = role(run);
    return series && series.has(key) ? series : null;
  }

  get metric() {
    return state.data.metrics.get(this.key);
  }

  logBelongs() {
    return Boolean(this.spec.log) && this.metric.ideal === 0;
  }

  build() {
    const header = element("header", {}, element("h3", {}, shortened(this.spec.title)));
    if (this.keys.length < 2) header.append(element("code", {}, this.key));
    else {
      const select = element("select", {
        "aria-label": "Metric of " + shortened(this.spec.title),
        onchange: () => {
          this.key = chosenOf(this.spec.id).key = select.value;
          this.log = this.logBelongs();
          delete chosenOf(this.spec.id).log;
          this.zoom = null;
          this.explain();
          this.render();
          writeView();
        } });
      options(select, this.keys.map((key) => [key, key]), this.key);
      header.append(select);
    }
    if (this.spec.compare) {
      this.compareBox = element("input", {
        type: "checkbox", checked: state.data.runs.length <= COMPARED_RUNS, onchange: () => this.render() });
      header.append(element("label", {}, this.compareBox, " training, thin"));
    }
    this.logBox = element("input", {
      type: "checkbox", onchange: () => {
        this.log = chosenOf(this.spec.id).log = this.logBox.checked;
        this.render();
        writeView();
      } });
    header.append(element("label", {}, this.logBox, " log"));
    this.meaning = element("p", { class: "meaning" });
    this.data = element("div", { class: "values", hidden: true });
    this.stage = element("div", { class: "stage" }, this.plot);
    this.told = element("p", { class: "note told", role: "status" });
    this.node = element("article", { class: "card chart" }, header, this.meaning, this.stage, this.data,
      element("footer", {}, this.told,
        dataButton(this.stage, this.data, () => this.fillTable(), () => this.render()), saveMenu(() => this.file(), () => this.rows())));
    this.explain();
  }

  explain() {
    const { meaning, ideal, source } = this.metric;
    this.meaning.replaceChildren(
      meaning + ". ",
      ideal === null ? "" : element("b", {}, `Ideal ${ideal}. `),
      source + ".");
    this.logBox.checked = this.log;
  }

  /* The lines to draw: {label, colour, run, x, y, thin, low, high, raw}; run is null of several. */
  lines() {
    const lines = [];
    const add = ({ runs, label, colour }, role, thin) => {
      const found = runs.map((run) => (role === null ? this.seriesOf(run) : run.seriesFor(role, this.key)))
        .filter((series) => series !== null).map((series) => series.defined(this.key, axisOf())).filter(({ x }) => x.length > 0);
      if (found.length === 0) return;
      const line = found.length === 1 ? { ...found[0] } : summarised(found);
      if (state.smooth > 0) {
        line.raw = line.y;
        line.y = smoothed(line.y, state.smooth);
      }
      lines.push({ label: label + (thin ? " (training)" : ""), colour, thin, run: runs.length === 1 ? runs[0] : null, ...line });
    };
    for (const unit of units()) {
      if (this.compareBox?.checked) add(unit, "training", true);
      add(unit, null, false);
    }
    return lines;
  }

  render() {
    this.stale = false;
    if (this.axis !== axisOf()) this.zoom = null;
    this.axis = axisOf();
    const lines = this.lines();
    this.current = lines;
    this.frame = null;
    this.plot.dataset.lines = lines.length;
    this.plot.setAttribute("aria-label", this.description(lines));
    this.tell("");
    if (lines.length === 0) {
      this.xs = [];
      this.plot.replaceChildren(element("p", { class: "nothing" },
        visibleRuns().length === 0 ? "Every run is switched off" : "Not measured in the runs shown"));
      return;
    }
    this.xs = [...new Set(lines.flatMap((line) => line.x))].sort(d3.ascending);
    this.draw(lines);
    if (!this.spec.small && this.stage.hidden) this.fillTable();
  }

  draw(lines) {
    const small = this.spec.small;
    const timed = axisOf() === "time";
    const [from, to] = this.zoom ?? (timed ? [0, d3.max(this.xs)] : d3.extent(this.xs));
    const shown = lines.flatMap(({ x, y, raw, low, high }) =>
      [y, raw, low, high].filter((column) => column)
        .flatMap((column) => column.filter((_, i) => x[i] >= from && x[i] <= to)));
    const zeros = this.log ? shown.filter((v) => v >= 0 && v <= ZERO).length : 0;
    const [low, high] = bounds(shown, { log: this.log, near: this.metric.ideal });
    const frame = this.frame = new Frame({
      width: widthOf(this.plot, 120), height: small ? Math.max(60, this.plot.clientHeight) : PLOT_HEIGHT, small,
      x: { low: from, high: from === to ? from + 1 : to, label: small ? null : axisName(), integers: !timed,
        unit: small && timed ? state.data.timeUnit.name : "" },
      y: { low, high, log: this.log, zeros: zeros > 0, label: small ? null : this.key },
      label: this.plot.getAttribute("aria-label") });
    const points = (line, values) => d3.zip(line.x, values)
      .filter(([x, y]) => x >= from && x <= to && (!this.log || y >= 0));
    const { ideal } = this.metric;
    if (!this.log && ideal !== null && ideal >= low && ideal <= high) frame.rule({ y: ideal }, "ideal");
    for (const line of lines) {
      if (line.low) {
        frame.band(d3.zip(line.x, line.low, line.high).filter(([x, a]) => x >= from && x <= to && (!this.log || a >= 0)),
          { class: `band fill${colourIndex(line.colour)}` });
      }
    }
    if (lines.length > MOST_PATHS) this.drawTogether(lines, points);
    else for (const line of lines) {
      if (line.raw) frame.line(points(line, line.raw), { class: lineClass(line.colour) + " raw" });
      const places = points(line, line.y);
      line.path = frame.line(places, { class: lineClass(line.colour) + (line.thin || small ? " thin" : "") + (lines.length > MANY_LINES ? " many" : "") });
      if (places.length <= FEW_POINTS && lines.length <= COLOURS && !line.thin && !small || places.length === 1) {
        for (const [x, y] of places) {
          frame.area.append(drawn("circle", { class: `fill${colourIndex(line.colour)}`, cx: frame.x(x), cy: frame.y(y), r: 2.6 }));
        }
      }
    }
    this.momentMark = null;
    this.cursor = drawn("line", { class: "cursor", y1: frame.top, y2: frame.bottom, visibility: "hidden" });
    this.dot = drawn("circle", { class: "dot", r: 4, visibility: "hidden" });
    frame.svg.append(this.cursor, this.dot);
    this.plot.replaceChildren(frame.svg);
    this.markMoment();
    this.tellOfScale(shown, zeros);
  }

  /* Thousands of lines as one path a colour, which browsers draw at once. */
  drawTogether(lines, points) {
    for (const [name, alike] of d3.group(lines, (line) => lineClass(line.colour))) {
      this.frame.lines(alike.map((line) => points(line, line.y)), { class: name + " many" });
    }
  }

  tellOfScale(shown, zeros) {
    const below = this.log ? shown.filter((v) => v < 0).length : 0;
    const parts = [];
    const timeless = axisOf() === "time" ? visibleRuns().filter((run) => !run.times && this.seriesOf(run)).length : 0;
    if (timeless > 0) parts.push(`${count(timeless, "run")} left out: when they were observed is not known`);
    if (zeros > 0) parts.push(`${zeros === shown.length ? "All values are" : "Values that are"} 0 or below ${ZERO}, on the line 0`);
    if (below > 0) parts.push(`${below} negative values have no place on a logarithmic axis`);
    if (this.zoom) parts.push(`${axisName()} ${number(this.zoom[0])} to ${number(this.zoom[1])}; a double click shows all`);
    this.tell(parts.join(". "));
  }

  tell(text) {
    if (this.told) this.told.textContent = text;
  }

  /* The moment of the slider. */
  markMoment() {
    this.momentMark?.remove();
    this.momentMark = null;
    if (!this.frame || state.moment >= state.data.last) return;
    const x = this.placeOfMoment();
    if (x !== null && x >= this.frame.domain.x0 && x <= this.frame.domain.x1) this.momentMark = this.frame.rule({ x }, "moment");
  }

  /* Runs take other times to come to the same epoch, so that of several there is no one place. */
  placeOfMoment() {
    if (axisOf() !== "time") return state.data.placeOf(state.moment, axisOf());
    const runs = new Set(this.current.map((line) => line.run));
    const [run] = runs;
    return runs.size === 1 && run ? state.data.placeOf(state.moment, "time", run) : null;
  }

  /* Moves the slider to where a line is at x, the line near the pointer if there is one. */
  moveToPlace(x) {
    const run = this.near?.run ?? this.current.find((line) => line.run && line.x.includes(x))?.run;
    moveTo(state.data.momentOf(x, axisOf(), run));
  }

  /* The value of x nearest to the pointer, and its place in the drawing. */
  placeOf(event) {
    if (!this.frame) return null;
    const box = this.frame.svg.getBoundingClientRect();
    const scale = this.frame.width / box.width;
    const left = (event.clientX - box.left) * scale, top = (event.clientY - box.top) * scale;
    return { left, top, x: this.frame.x.invert(left) };
  }

  onPointer(event) {
    const place = this.placeOf(event);
    if (!place) return;
    const x = this.xs[d3.bisectCenter(this.xs, place.x)];
    board.showAt(x, this, place.top);
    this.dragged?.remove();
    this.dragged = null;
    if (this.pressed && event.buttons === 1 && Math.abs(place.left - this.pressed.left) > 5) {
      this.dragged = drawn("rect", { class: "dragged", x: Math.min(place.left, this.pressed.left), y: this.frame.top,
        width: Math.abs(place.left - this.pressed.left), height: this.frame.bottom - this.frame.top });
      this.frame.svg.append(this.dragged);
    }
  }

  onRelease(event) {
    const place = this.placeOf(event), pressed = this.pressed;
    this.pressed = null;
    this.dragged?.remove();
    if (!place || !pressed) return;
    if (Math.abs(place.left - pressed.left) > 5) {
      this.zoomTo([place.x, pressed.x].sort(d3.ascending));
    } else this.moveToPlace(this.xs[d3.bisectCenter(this.xs, place.x)]);
  }

  zoomTo(range) {
    if (this.spec.small || (!range && !this.zoom)) return;
    if (range && this.xs.filter((x) => x >= range[0] && x <= range[1]).length < 2) return;
    this.zoom = range;
    this.render();
  }

  /* Values at x, or near it: of thinned lines, and of lines at times of their own. */
  rowsAt(x) {
    const near = state.data.json.thinned || axisOf() === "time" ? (this.xs[this.xs.length - 1] - this.xs[0]) / 50 : 0;
    return this.current.map((line) => {
      const i = d3.bisectCenter(line.x, x);
      return { line, value: Math.abs(line.x[i] - x) <= near ? line.y[i] : null };
    }).filter((row) => row.value !== null).sort((a, b) => b.value - a.value);
  }

  /* Shows the values at x; own is whether the reader is at this chart, and top where. */
  showAt(x, own, top) {
    this.tip?.remove();
    this.tip = null;
    if (!this.frame) return;
    const inside = x !== null && x >= this.frame.domain.x0 && x <= this.frame.domain.x1;
    for (const mark of [this.cursor, this.dot]) mark.setAttribute("visibility", "hidden");
    if (this.near) this.near.path?.classList.remove("near");
    this.near = null;
    this.frame.svg.classList.toggle("faded", false);
    if (!inside) return;
    const left = this.frame.x(x);
    this.cursor.setAttribute("x1", left);
    this.cursor.setAttribute("x2", left);
    this.cursor.setAttribute("visibility", "visible");
    if (own) this.showTip(x, left, top);
  }

  showTip(x, left, top) {
    const rows = this.rowsAt(x);
    const nearest = top === undefined ? null
      : d3.least(rows, ({ value }) => Math.abs(this.frame.y(value) - top));
    if (nearest && Math.abs(this.frame.y(nearest.value) - top) < NEAR_PIXELS) {
      this.near = nearest.line;
      this.near.path?.classList.add("near");
      this.frame.svg.classList.toggle("faded", this.current.length > 1 && Boolean(this.near.path));
      this.dot.setAttribute("cx", left);
      this.dot.setAttribute("cy", this.frame.y(nearest.value));
      this.dot.setAttribute("visibility", "visible");
      rows.splice(rows.indexOf(nearest), 1);
      rows.unshift(nearest);
    }
    this.tip = element("div", { class: "tip", "aria-hidden": "true" },
      element("b", {}, placeText(x)),
      ...rows.slice(0, TIP_ROWS).map(({ line, value }) =>
        element("div", { class: line === this.near ? "near" : null },
          sample(line.colour), element("span", {}, shortened(line.label)), number(value))),
      rows.length > TIP_ROWS ? element("div", {}, `and ${rows.length - TIP_ROWS} more`) : null);
    this.plot.append(this.tip);
    const scale = this.frame.svg.getBoundingClientRect().width / this.frame.width;
    const place = left * scale;
    const right = place + 14 + this.tip.offsetWidth < this.plot.clientWidth;
    this.tip.style.left = (right ? place + 14 : Math.max(0, place - 14 - this.tip.offsetWidth)) + "px";
    this.tip.style.top = "8px";
  }

  onKey(event) {
    if (!this.frame) return;
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
    if (event.key === "Escape") this.zoomTo(null);
    else if (event.key === "Enter" && this.keyIndex !== undefined) {
      this.moveToPlace(this.xs[this.keyIndex]);
    } else if (step || event.key === "Home" || event.key === "End") {
      event.preventDefault();
      const end = this.xs.length - 1;
      const from = this.keyIndex ?? (step > 0 ? -1 : end + 1);
      const to = event.key === "Home" ? 0 : event.key === "End" ? end : from + step;
      this.keyIndex = Math.min(end, Math.max(0, to));
      const x = this.xs[this.keyIndex];
      board.showAt(x, this);
      const values = this.rowsAt(x).slice(0, TIP_ROWS)
        .map(({ line, value }) => `${shortened(line.label)} ${number(value)}`);
      announce(`${placeText(x)}: ${values.join(", ")}`);
    }
  }

  description(lines) {
    const last = lines.slice(0, TIP_ROWS).map((line) => `${shortened(line.label)} ${number(line.y[line.y.length - 1])}`);
    const more = lines.length > TIP_ROWS ? ` and ${lines.length - TIP_ROWS} more` : "";
    return `${shortened(this.spec.title)}, ${this.key}, ${lines.length} lines over ${axisOf() === "time" ? "the time of training" : axisOf() + "s"}. `
      + `Last values: ${last.join(", ")}${more}. Arrow keys read values.`;
  }

  /* Head and rows of what is drawn, a column a line. */
  rows() {
    const columns = this.current.map((line) => new Map(line.x.map((x, i) => [x, line.y[i]])));
    return [[axisName(), ...this.current.map((line) => line.label)],
      ...this.xs.map((x) => [x, ...columns.map((column) => column.get(x) ?? null)])];
  }

  file() {
    if (!this.frame) return null;
    return { name: `${this.spec.id}-${this.key}`, text: standaloneSvg(this.frame.svg, `${this.spec.title}: ${this.key}`, this.current) };
  }

  /* Values in the drawing's place and of its height, so that nothing on the page moves. */
  fillTable() {
    const [head, ...rows] = this.rows();
    const stride = Math.max(1, Math.ceil(rows.length / TABLE_ROWS));
    const some = rows.filter((_, i) => i % stride === 0 || i === rows.length - 1);
    this.data.replaceChildren(table(this.key + (stride > 1 ? `, every ${stride}th ${axisOf() === "time" ? "row" : axisOf()}` : ""), head, some));
  }
}

/* Shows the values where the drawing is, which is drawn anew when it is back: nothing else moves. */
function dataButton(stage, values, fill, draw) {
  const button = element("button", {
    type: "button", class: "data", "aria-pressed": "false", onclick: () => {
      const isBack = stage.hidden;
      button.setAttribute("aria-pressed", String(!isBack));
      values.hidden = isBack;
      stage.hidden = !isBack;
      if (isBack) draw(); else fill();
    } }, "Data");
  return button;
}

/* file() gives {name, text} of what is drawn, rows() its values. */
function saveMenu(file, rows) {
  const press = (text, action) => element("button", {
    type: "button", onclick: () => { const drawing = file(); if (drawing) action(drawing); node.open = false; } }, text);
  const node = menu(null, "Save",
    press("CSV", ({ name }) => saveCsv(name, rows())),
    press("PNG", ({ name, text }) => savePng(name, text)),
    press("SVG", ({ name, text }) => saveSvg(name, text)));
  node.classList.add("save");
  return node;
}

/* Draws what is in the window at once, and the rest while the browser has nothing else to do, and all
   before printing. */
class ChartBoard {
  constructor() {
    this.charts = [];
    this.onResize = () => {
      if (this.width !== innerWidth) this.changed();
      this.width = innerWidth;
    };
    this.width = innerWidth;
    this.onPrint = () => this.drawAll();
    window.addEventListener("resize", this.onResize);
    window.addEventListener("beforeprint", this.onPrint);
    this.onScroll = () => this.drawNear();
    window.addEventListener("scroll", this.onScroll, { passive: true });
  }

  add(spec) {
    const chart = new Chart(spec);
    chart.stale = true;
    this.charts.push(chart);
    return chart;
  }

  remove(chart) {
    this.charts = this.charts.filter((other) => other !== chart);
  }

  changed() {
    this.charts.forEach((chart) => (chart.stale = true));
    this.drawNear();
    this.drawRest();
  }

  drawNear() {
    for (const chart of this.charts) {
      if (!chart.stale) continue;
      const { top, bottom } = chart.node.getBoundingClientRect();
      if (bottom > -200 && top < innerHeight + 200) chart.render();
    }
  }

  drawRest() {
    if (this.waiting) return;
    this.waiting = true;
    requestIdleCallback((deadline) => {
      this.waiting = false;
      do this.charts.find((chart) => chart.stale)?.render(); while (deadline.timeRemaining() > 20 && this.charts.some((c) => c.stale));
      if (this.charts.some((chart) => chart.stale)) this.drawRest();
    }, { timeout: 500 });
  }

  drawAll() {
    for (const chart of this.charts) if (chart.stale) chart.render();
  }

  /* The same moment in all charts; values are told in the reader's own. */
  showAt(x, own, top) {
    for (const chart of this.charts) if (!chart.stale) chart.showAt(x, chart === own, top);
  }

  momentChanged() {
    this.charts.forEach((chart) => chart.markMoment());
  }

  clear() {
    window.removeEventListener("resize", this.onResize);
    window.removeEventListener("beforeprint", this.onPrint);
    window.removeEventListener("scroll", this.onScroll);
    this.charts = [];
  }
}
