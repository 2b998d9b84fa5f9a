/* The classes at the epoch of the slider: a heat map, and the pairs that collide. */

const CLASS_COLUMNS = [
  ["heldOut", "dilation.radius", "held-out"], ["heldOut", "dilation.cdnv", "held-out"],
  ["training", "nc1.cdnv", "training"], ["training", "memorization.fraction", "wrong labels"],
  ["training", "memorization.fitted", "wrong labels"], ["training", "memorization.recovered", "wrong labels"]];
const MATRIX_CLASSES = 16;
const PAIRS_SHOWN = 10;
const PAIRS_BESIDE_MATRIX = 6;
const OPTIONS_AT_ONCE = 300;

/* Where more is better; of all other metrics by class less is. */
const HIGHER_IS_BETTER = new Set(["memorization.recovered", "accuracy", "nc4.ncc_accuracy", "nc3.cosine"]);

/* Tints are light enough for the page's ink to be read on each. */
const STRONGEST = 0.42;

/* A cell that is the stronger coloured the worse its value, as a share of the column's range. */
function heatCell(text, worse) {
  const cell = element("td", {}, text);
  if (text !== "" && worse !== null) {
    cell.style.setProperty("--strength", `${(100 * (0.02 + STRONGEST * Math.min(1, Math.max(0, worse)))).toFixed(1)}%`);
    cell.className = "tinted";
  }
  return cell;
}

class Classes {
  constructor() {
    this.select = runSelect(() => this.render());
    this.split = element("select", { "aria-label": "Pairs of", onchange: () => this.render() });
    this.sorting = null;
    this.map = element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Heat map of classes" });
    this.pairs = element("div");
    this.node = section("classes", "Which classes are spread, and which collide?",
      "Each class at the epoch of the slider. The stronger the colour, the worse: within a column, over all epochs.");
    this.isEmpty = !state.data.runs.some((run) => run.series.some((s) => s.json.classes));
    this.node.append(
      element("div", { class: "controls" },
        element("label", {}, "run ", this.select), element("label", {}, "pairs of ", this.split)),
      element("div", { class: "two" },
        element("div", { class: "card" }, this.map), element("div", { class: "card" }, this.pairs)));
  }

  render() {
    syncRunSelect(this.select);
    const run = state.data.runs[state.run];
    this.renderMap(run, this.columns(run));
    this.renderPairs(run);
  }

  columns(run) {
    const columns = [];
    for (const [role, key, who] of CLASS_COLUMNS) {
      const own = role === "heldOut" ? run.heldOut : run.training;
      const series = [own, ...run.series].find((s) => s?.json.classes && Object.hasOwn(s.json.classes.values, key));
      if (!series || (key === "nc1.cdnv" && series !== own)) continue;
      const [low, high] = series.classRange(key);
      if (low === undefined) continue;
      const map = key.endsWith("cdnv") && low > 0 ? Math.log : (v) => v;
      const share = (v) => (high > low ? (map(v) - map(low)) / (map(high) - map(low)) : 0.5);
      const better = HIGHER_IS_BETTER.has(key);
      const at = series.classesAt(state.moment);
      columns.push({ key, who, better, x: at.x, values: at.values[key], worse: (v) => (better ? 1 - share(v) : share(v)) });
    }
    return columns;
  }

  renderMap(run, columns) {
    const count = d3.max(columns, (c) => c.values.length) ?? 0;
    if (count === 0) {
      this.map.replaceChildren(element("p", { class: "note" }, "This run's log has no values by class."));
      return;
    }
    const order = Array.from({ length: count }, (_, c) => c);
    const sorted = columns.find((c) => c.key + c.who === this.sorting);
    if (sorted) order.sort((a, b) => (sorted.values[b] ?? -Infinity) - (sorted.values[a] ?? -Infinity));
    const head = columns.map((c) => element("th", { scope: "col", title: state.data.metrics.get(c.key).meaning,
      "aria-sort": c === sorted ? "descending" : "none" },
      element("button", { type: "button", onclick: () => {
        this.sorting = c === sorted ? null : c.key + c.who;
        this.render();
      } }, ...breakable(c.key), c === sorted ? " \u2193" : ""),
      element("small", {}, c.who), element("small", {}, c.better ? "higher is better" : "lower is better")));
    for (const c of columns) c.format = columnFormat(c.values);
    this.map.replaceChildren(staleNote(run, columns[0].x), element("table", { class: "heat" },
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "class"), ...head)),
      element("tbody", {}, ...order.map((c) => element("tr", {},
        element("th", { scope: "row", title: hint(run.className(c)) }, shortened(run.className(c), 24)),
        ...columns.map((col) => heatCell(col.format(col.values[c]), col.worse(col.values[c]))))))));
  }

  renderPairs(run) {
    const telling = run.series.filter((s) => s.json.classes?.pairs.some((p) => p.length > 0));
    if (telling.length === 0) {
      this.pairs.replaceChildren(element("p", { class: "note" }, "This run's log has no pairs of classes."));
      return;
    }
    const labels = telling.map((s, i) => [String(i), s.split + " at " + s.layer]);
    const preferred = Math.max(0, telling.indexOf(run.heldOut));
    const chosen = this.splitOf === run.name && Number(this.split.value) < telling.length
      ? this.split.value : String(preferred);
    this.splitOf = run.name;
    options(this.split, labels, chosen);
    const at = telling[Number(chosen)].classesAt(state.moment);
    const pairs = [...at.pairs].sort((a, b) => b[2] - a[2]);
    const worst = pairs[0]?.[2] || 1;
    const whole = at.count <= MATRIX_CLASSES && pairs.length === (at.count * (at.count - 1)) / 2;
    const rows = pairs.slice(0, whole ? PAIRS_BESIDE_MATRIX : PAIRS_SHOWN).map(([a, b, value]) => {
      const bar = element("span", { class: "share", "aria-hidden": "true" });
      bar.style.width = (9 * value) / worst + "rem";
      return [`${shortened(run.className(a), 24)} \u2013 ${shortened(run.className(b), 24)}`, value, element("td", {}, bar)];
    });
    for (const row of rows) row[2].style.textAlign = "left";
    const list = table("The pairs of classes that collide most: highest nc1.cdnv, spread over distance",
      ["pair", "nc1.cdnv", ""], rows);
    this.pairs.replaceChildren(staleNote(run, at.x), list, whole ? this.matrix(run, at) : "");
  }

  matrix(run, at) {
    const values = new Map(at.pairs.map(([a, b, v]) => [a * at.count + b, v]));
    const logs = at.pairs.map((p) => Math.log(Math.max(p[2], 1e-12)));
    const [low, high] = d3.extent(logs);
    const format = columnFormat(at.pairs.map((pair) => pair[2]), 2);
    const classes = Array.from({ length: at.count }, (_, c) => c);
    const cell = (a, b) => {
      if (a === b) return element("td", {});
      const value = values.get(Math.min(a, b) * at.count + Math.max(a, b));
      return heatCell(format(value), high > low ? (Math.log(Math.max(value, 1e-12)) - low) / (high - low) : 0.5);
    };
    return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "nc1.cdnv of all pairs" },
      element("table", { class: "heat matrix" },
        element("caption", {}, "nc1.cdnv of all pairs"),
        element("thead", {}, element("tr", {}, element("th", {}),
          ...classes.map((c) => element("th", { scope: "col", title: hint(run.className(c)) }, short(run.className(c), at.count))))),
        element("tbody", {}, ...classes.map((a) => element("tr", {},
          element("th", { scope: "row", title: hint(run.className(a)) }, short(run.className(a), at.count)), ...classes.map((b) => cell(a, b)))))));
  }
}

/* Says so where what is shown is of another epoch than the slider's. */
function staleNote(run, x) {
  const shown = Math.min(state.moment, state.data.last);
  if (x >= shown) return "";
  const { axis } = state.data;
  return element("p", { class: "note stale" }, run.last < shown
    ? `This run ended at ${axis} ${run.last}: its values of ${axis} ${x}.` : `Values of ${axis} ${x}, the last measured until then.`);
}

/* A key that can be broken after its dots. */
const breakable = (key) => key.split(/(?<=\.)/).flatMap((part) => [part, element("wbr")]);

/* The fewer classes, the more room a name has in the matrix. */
const short = (name, count) => shortened(name, Math.max(6, Math.floor(70 / (count + 1))));

/* The choice of one run, the same in every part that shows only one. */
function runSelect(changed) {
  const select = element("select", {
    "aria-label": "Run", class: "run",
    onfocus: () => fillRunSelect(select),
    onpointerdown: () => fillRunSelect(select),
    onchange: () => { state.run = Number(select.value); state.runChosen = true; runChosen(); changed(); } });
  return select;
}

function syncRunSelect(select) {
  const { runs } = state.data;
  if (runs.length <= OPTIONS_AT_ONCE) fillRunSelect(select);
  else options(select, [[String(state.run), runs[state.run].name]], String(state.run));
}

/* Thousands of options are not made before they are looked at. */
function fillRunSelect(select) {
  const { runs } = state.data;
  if (select.childElementCount !== runs.length) {
    options(select, runs.map((run) => [String(run.index), run.name]), String(state.run));
  }
  select.value = String(state.run);
}
