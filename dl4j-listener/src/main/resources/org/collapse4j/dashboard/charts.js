/* Metrics over epochs. */

/* What is shown, the same in every part of the page. */
const state = {
  data: null, hidden: new Set(), band: false, moment: Infinity, run: 0, colours: new Map() };

/* A run keeps its colour when others come before it. */
function giveColours() {
  for (const run of state.data.runs) {
    if (!state.colours.has(run.name)) state.colours.set(run.name, state.colours.size);
    run.colour = state.colours.get(run.name);
  }
}

const isVisible = (run) => !state.hidden.has(run.name);
const visibleRuns = () => state.data.runs.filter(isVisible);

const PLOT_HEIGHT = 232;
const TIP_ROWS = 10;
const COMPARED_RUNS = 5;
const TABLE_ROWS = 60;
const NEAR_PIXELS = 20;

/* Lines over one rising x: each value list has null where a line has no value. */
function joined(lines) {
  const first = lines[0].x;
  const same = lines.every((l) => l.x.length === first.length && l.x.every((v, i) => v === first[i]));
  if (same) return { x: first, columns: lines.map((l) => l.y) };
  const x = [...new Set(lines.flatMap((l) => l.x))].sort((a, b) => a - b);
  const place = new Map(x.map((v, i) => [v, i]));
  const columns = lines.map((line) => {
    const column = new Array(x.length).fill(null);
    line.x.forEach((v, i) => (column[place.get(v)] = line.y[i]));
    return column;
  });
  return { x, columns };
}

/* Mean, lowest and highest over lines, where any has a value. */
function summarised(lines) {
  const { x, columns } = joined(lines);
  const over = (reduce) => x.map((_, i) => {
    const values = columns.map((c) => c[i]).filter((v) => v !== null);
    return values.length === 0 ? null : reduce(values);
  });
  return {
    x, mean: over((v) => v.reduce((a, b) => a + b, 0) / v.length), low: over(lowest), high: over(highest) };
}

class Chart {
  /* spec: {title, role, keys, compare, log}; role is training, heldOut, any or a function of a run. */
  constructor(spec) {
    this.spec = spec;
    this.keys = spec.keys.filter((key) => this.isMeasured(key));
    this.key = this.keys[0] ?? spec.keys[0];
    this.log = this.logBelongs();
    this.build();
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
    const header = element("header", {}, element("h3", {}, this.spec.title));
    if (this.keys.length < 2) header.append(element("code", {}, this.key));
    else {
      const select = element("select", {
        "aria-label": "Metric of " + this.spec.title,
        onchange: () => { this.key = select.value; this.log = this.logBelongs(); this.explain(); this.render(); } });
      options(select, this.keys.map((key) => [key, key]), this.key);
      header.append(select);
    }
    if (this.spec.compare) {
      this.compareBox = element("input", {
        type: "checkbox", checked: state.data.runs.length <= COMPARED_RUNS, onchange: () => this.render() });
      header.append(element("label", {}, this.compareBox, " training, thin"));
    }
    this.logBox = element("input", {
      type: "checkbox", onchange: () => { this.log = this.logBox.checked; this.render(); } });
    header.append(element("label", {}, this.logBox, " log"));
    this.meaning = element("p", { class: "meaning" });
    this.plot = element("div", {
      class: "plot", tabindex: 0, role: "img", onkeydown: (event) => this.onKey(event) });
    this.details = element("details", { ontoggle: () => this.fillTable() },
      element("summary", {}, "Data"));
    this.node = element("article", { class: "card chart" }, header, this.meaning, this.plot, this.details);
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

  /* The lines to draw: {run or group, label, colour, x, y, thin, low, high}. */
  lines() {
    const lines = [];
    const add = (runs, label, colour, role, thin) => {
      const found = runs.map((run) => role === null ? this.seriesOf(run) : run.seriesFor(role, this.key))
        .filter((series) => series !== null);
      const raw = found.map((series) => ({ x: series.x, y: this.drawable(series.column(this.key)) }));
      if (raw.length === 0) return;
      const name = label + (thin ? " (training)" : "");
      if (raw.length === 1) lines.push({ label: name, colour, thin, ...raw[0] });
      else {
        const { x, mean, low, high } = summarised(raw);
        lines.push({ label: name, colour, thin, x, y: mean, low, high });
      }
    };
    const units = state.band
      ? state.data.groups.map((g) => g.filter(isVisible)).filter((g) => g.length > 0)
      : visibleRuns().map((run) => [run]);
    for (const unit of units) {
      const label = unit.length > 1 ? groupLabel(unit) : unit[0].name;
      if (this.compareBox?.checked) add(unit, label, unit[0].colour, "training", true);
      add(unit, label, unit[0].colour, null, false);
    }
    return lines;
  }

  drawable(column) {
    return this.log ? column.map((v) => (v !== null && v > 0 ? v : null)) : column;
  }

  render() {
    this.destroy();
    const lines = this.lines();
    this.current = lines;
    this.plot.dataset.lines = lines.length;
    this.plot.setAttribute("aria-label", this.description(lines));
    if (lines.length === 0) {
      this.plot.append(element("p", { class: "nothing" },
        visibleRuns().length === 0 ? "Every run is switched off" : "Not measured in the runs shown"));
      return;
    }
    const columns = [], series = [{}], bands = [];
    const all = [];
    for (const line of lines) {
      line.column = all.length;
      all.push({ x: line.x, y: line.y });
      if (line.low) all.push({ x: line.x, y: line.low }, { x: line.x, y: line.high });
    }
    const { x, columns: values } = joined(all);
    for (const line of lines) {
      const stroke = styleValue("--c" + colourIndex(line.colour));
      line.at = series.length;
      series.push({
        label: line.label, stroke, width: line.thin ? 1 : 2, dash: DASHES[dashIndex(line.colour)],
        alpha: line.thin ? 0.75 : 1, spanGaps: true,
        points: { show: x.length <= 25 && !line.thin, size: 5 } });
      columns.push(values[line.column]);
      if (line.low) {
        const edge = { width: 0, stroke: "transparent", points: { show: false }, spanGaps: true };
        bands.push({ series: [series.length + 1, series.length], fill: stroke + "2e" });
        series.push(edge, { ...edge });
        columns.push(values[line.column + 1], values[line.column + 2]);
      }
    }
    this.u = new uPlot(this.uplotOptions(series, bands), [x, ...columns], this.plot);
    this.details.open && this.fillTable();
  }

  uplotOptions(series, bands) {
    const ink = styleValue("--soft"), grid = { stroke: styleValue("--grid"), width: 1 };
    const font = "12px system-ui, sans-serif";
    const axis = { stroke: ink, grid, ticks: { ...grid, size: 5 }, font, labelFont: font, gap: 5 };
    const text = (_, splits) => splits.map((v) => (v === null ? "" : number(v)));
    return {
      width: Math.max(200, this.plot.clientWidth), height: PLOT_HEIGHT, series, bands,
      legend: { show: false },
      cursor: {
        sync: { key: "moment", setSeries: false }, drag: { x: true, y: false },
        focus: { prox: NEAR_PIXELS }, points: { size: 7 } },
      focus: { alpha: 0.3 },
      scales: {
        x: { time: false },
        y: this.log ? { distr: 3 } : { range: (u, low, high) => this.range(low, high) } },
      axes: [
        { ...axis, values: text, space: 46, size: 28, label: state.data.axis, labelSize: 18, labelGap: 0,
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6] },
        { ...axis, values: text, size: 56, space: 30 }],
      hooks: {
        draw: [(u) => this.drawMarks(u)],
        setCursor: [(u) => this.showTip(u)],
        ready: [(u) => u.over.addEventListener("click", () => {
          if (u.cursor.idx !== null && u.cursor.idx !== undefined) moveTo(u.data[0][u.cursor.idx]);
        })] },
    };
  }

  range(low, high) {
    if (low === null || high === null) return [0, 1];
    const ideal = this.metric.ideal;
    const span = high - low || Math.abs(high) || 1;
    const near = ideal !== null && ideal > low - span && ideal < high + span;
    const from = near ? Math.min(low, ideal) : low, to = near ? Math.max(high, ideal) : high;
    const margin = (to - from || span) * 0.06;
    return [low >= 0 ? Math.max(0, from - margin) : from - margin, to + margin];
  }

  /* The ideal value, and the moment of the slider. */
  drawMarks(u) {
    const { ctx, bbox } = u;
    const ratio = devicePixelRatio;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = styleValue("--soft");
    ctx.lineWidth = ratio;
    const ideal = this.metric.ideal;
    if (!this.log && ideal !== null && ideal >= u.scales.y.min && ideal <= u.scales.y.max) {
      const y = Math.round(u.valToPos(ideal, "y", true));
      ctx.setLineDash([2 * ratio, 3 * ratio]);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
    }
    if (state.moment < state.data.last && state.moment >= u.scales.x.min) {
      const x = Math.round(u.valToPos(state.moment, "x", true));
      ctx.setLineDash([]);
      ctx.strokeStyle = styleValue("--accent");
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.restore();
  }

  rowsAt(index) {
    return this.current
      .map((line) => ({ line, value: this.u.data[line.at][index] }))
      .filter((row) => row.value !== null && row.value !== undefined)
      .sort((a, b) => b.value - a.value);
  }

  showTip(u) {
    this.tip?.remove();
    this.tip = null;
    const index = u.cursor.idx;
    const own = this.plot.matches(":hover") || this.plot === document.activeElement;
    if (!own || index === null || index === undefined || u.cursor.left < 0) return;
    const rows = this.rowsAt(index);
    this.tip = element("div", { class: "tip", "aria-hidden": "true" },
      element("b", {}, `${state.data.axis} ${u.data[0][index]}`),
      ...rows.slice(0, TIP_ROWS).map(({ line, value }) =>
        element("div", {}, sample(line.colour), element("span", {}, line.label), number(value))),
      rows.length > TIP_ROWS ? element("div", {}, `and ${rows.length - TIP_ROWS} more`) : null);
    this.plot.append(this.tip);
    const place = u.over.offsetLeft + u.valToPos(u.data[0][index], "x");
    const right = place + 14 + this.tip.offsetWidth < this.plot.clientWidth;
    this.tip.style.left = (right ? place + 14 : Math.max(0, place - 14 - this.tip.offsetWidth)) + "px";
    this.tip.style.top = "8px";
  }

  onKey(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
    if (event.key === "Enter" && this.u && this.keyIndex !== undefined) {
      moveTo(this.u.data[0][this.keyIndex]);
    } else if (this.u && (step || event.key === "Home" || event.key === "End")) {
      event.preventDefault();
      const end = this.u.data[0].length - 1;
      const from = this.keyIndex ?? (step > 0 ? -1 : end + 1);
      const to = event.key === "Home" ? 0 : event.key === "End" ? end : from + step;
      this.keyIndex = Math.min(end, Math.max(0, to));
      const x = this.u.data[0][this.keyIndex];
      this.u.setCursor({ left: this.u.valToPos(x, "x"), top: PLOT_HEIGHT / 3 }, true, true);
      const values = this.rowsAt(this.keyIndex).slice(0, TIP_ROWS)
        .map(({ line, value }) => `${line.label} ${number(value)}`);
      announce(`${state.data.axis} ${x}: ${values.join(", ")}`);
    }
  }

  description(lines) {
    const last = (line) => line.y.findLast((v) => v !== null);
    const told = lines.slice(0, TIP_ROWS).map((l) => `${l.label} ${number(last(l))}`);
    const more = lines.length > TIP_ROWS ? ` and ${lines.length - TIP_ROWS} more` : "";
    return `${this.spec.title}, ${this.key}, ${lines.length} lines over ${state.data.axis}s. `
      + `Last values: ${told.join(", ")}${more}. Arrow keys read values.`;
  }

  fillTable() {
    this.details.querySelector(".scroll")?.remove();
    if (!this.details.open || !this.u) return;
    const x = this.u.data[0];
    const stride = Math.max(1, Math.ceil(x.length / TABLE_ROWS));
    const rows = x.map((v, i) => [v, i]).filter(([, i]) => i % stride === 0 || i === x.length - 1);
    const caption = this.key + (stride > 1 ? `, every ${stride}th ${state.data.axis}` : "");
    this.details.append(table(caption, [state.data.axis, ...this.current.map((l) => l.label)],
      rows.map(([v, i]) => [String(v), ...this.current.map((l) => number(this.u.data[l.at][i]))])));
  }

  resize() {
    if (this.u) this.u.setSize({ width: Math.max(200, this.plot.clientWidth), height: PLOT_HEIGHT });
  }

  redraw() {
    if (this.u) this.u.redraw(false);
  }

  destroy() {
    this.u?.destroy();
    this.u = null;
    this.tip = null;
    this.keyIndex = undefined;
    this.plot.replaceChildren();
  }
}

/* What runs that differ by seed have in common. */
function groupLabel(runs) {
  const { seed, ...others } = runs[0].json.parameters;
  delete others["class.names"];
  const text = Object.entries(others).map(([key, value]) => key + " " + value).join(", ");
  return `${text || runs[0].name} (${runs.length} seeds)`;
}

/* Charts are drawn when they come near the window, and again when something changed meanwhile. */
class ChartBoard {
  constructor() {
    this.charts = [];
    this.near = new Set();
    this.stale = new Set();
    this.observer = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        const chart = this.charts.find((c) => c.node === entry.target);
        if (!chart) continue;
        if (entry.isIntersecting) this.near.add(chart); else this.near.delete(chart);
      }
      this.drawStale();
    }, { rootMargin: "600px" });
    window.addEventListener("resize", () => this.near.forEach((chart) => chart.resize()));
  }

  add(spec) {
    const chart = new Chart(spec);
    this.charts.push(chart);
    this.stale.add(chart);
    this.observer.observe(chart.node);
    return chart;
  }

  drawStale() {
    for (const chart of this.near) if (this.stale.delete(chart)) chart.render();
  }

  changed() {
    this.charts.forEach((chart) => this.stale.add(chart));
    this.drawStale();
  }

  momentChanged() {
    this.near.forEach((chart) => chart.redraw());
  }

  clear() {
    this.observer.disconnect();
    this.charts.forEach((chart) => chart.destroy());
    this.charts = [];
    this.near.clear();
    this.stale.clear();
  }
}
