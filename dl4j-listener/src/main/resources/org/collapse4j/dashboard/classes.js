/* The classes at the epoch of the slider: a heat map, and the pairs that collide. */

const CLASS_COLUMNS = [
  ["heldOut", "dilation.radius", "held-out"], ["heldOut", "dilation.cdnv", "held-out"],
  ["training", "nc1.cdnv", "training"], ["training", "memorization.fraction", "wrong labels"],
  ["training", "memorization.fitted", "wrong labels"], ["training", "memorization.recovered", "wrong labels"]];
const MATRIX_CLASSES = 16;
const PAIRS_SHOWN = 10;
const PAIRS_BESIDE_MATRIX = 6;

function heat(share) {
  const strength = 0.06 + 0.84 * Math.min(1, Math.max(0, share));
  return { background: `rgba(${styleValue("--heat")}, ${strength.toFixed(3)})`, strong: strength > 0.55 };
}

function heatCell(value, share) {
  const cell = element("td", {}, number(value));
  if (value !== null && share !== null) {
    const { background, strong } = heat(share);
    cell.style.background = background;
    if (strong) cell.style.color = styleValue("--on-heat");
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
      "Each class at the epoch of the slider. Stronger is higher within a column, over all epochs.");
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
    const columns = this.columns(run);
    this.renderMap(run, columns);
    this.renderPairs(run);
  }

  columns(run) {
    const columns = [];
    for (const [role, key, who] of CLASS_COLUMNS) {
      const own = role === "heldOut" ? run.heldOut : run.training;
      const series = [own, ...run.series].find((s) => s?.json.classes && Object.hasOwn(s.json.classes.values, key));
      if (!series || (key === "nc1.cdnv" && series !== own)) continue;
      const [low, high] = series.classRange(key);
      if (low > high) continue;
      const log = key.endsWith("cdnv") && low > 0;
      const map = log ? Math.log : (v) => v;
      const share = (v) => high > low ? (map(v) - map(low)) / (map(high) - map(low)) : 0.5;
      columns.push({ key, who, values: series.classesAt(state.moment).values[key], share });
    }
    return columns;
  }

  renderMap(run, columns) {
    const count = highest([0, ...columns.map((c) => c.values.length)]);
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
      } }, ...breakable(c.key), c === sorted ? " \u2193" : ""), element("small", {}, c.who)));
    this.map.replaceChildren(element("table", { class: "heat" },
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "class"), ...head)),
      element("tbody", {}, ...order.map((c) => element("tr", {},
        element("th", { scope: "row" }, run.className(c)),
        ...columns.map((col) => heatCell(col.values[c] ?? null, col.share(col.values[c]))))))));
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
    const worst = at.pairs.length > 0 ? at.pairs[0][2] : 1;
    const whole = at.count <= MATRIX_CLASSES && at.pairs.length === (at.count * (at.count - 1)) / 2;
    const rows = at.pairs.slice(0, whole ? PAIRS_BESIDE_MATRIX : PAIRS_SHOWN).map(([a, b, value]) => {
      const bar = element("span", { class: "share", "aria-hidden": "true" });
      bar.style.width = (9 * value) / worst + "rem";
      return [`${run.className(a)} \u2013 ${run.className(b)}`, number(value), element("td", {}, bar)];
    });
    for (const row of rows) row[2].style.textAlign = "left";
    const list = table("The pairs of classes that collide most: highest nc1.cdnv, spread over distance",
      ["pair", "nc1.cdnv", ""], rows);
    this.pairs.replaceChildren(list, whole ? this.matrix(run, at) : "");
  }

  matrix(run, at) {
    const values = new Map(at.pairs.map(([a, b, v]) => [a * at.count + b, v]));
    const logs = at.pairs.map((p) => Math.log(Math.max(p[2], 1e-12)));
    const low = lowest(logs), high = highest(logs);
    const classes = Array.from({ length: at.count }, (_, c) => c);
    const cell = (a, b) => {
      if (a === b) return element("td", {});
      const value = values.get(Math.min(a, b) * at.count + Math.max(a, b));
      return heatCell(value, high > low ? (Math.log(Math.max(value, 1e-12)) - low) / (high - low) : 0.5);
    };
    return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "nc1.cdnv of all pairs" },
      element("table", { class: "heat matrix" },
        element("caption", {}, "nc1.cdnv of all pairs"),
        element("thead", {}, element("tr", {}, element("th", {}),
          ...classes.map((c) => element("th", { scope: "col", title: run.className(c) }, short(run.className(c)))))),
        element("tbody", {}, ...classes.map((a) => element("tr", {},
          element("th", { scope: "row", title: run.className(a) }, short(run.className(a))), ...classes.map((b) => cell(a, b)))))));
  }
}

/* A key that can be broken after its dots. */
const breakable = (key) => key.split(/(?<=\.)/).flatMap((part) => [part, element("wbr")]);

const short = (name) => (name.length > 6 ? name.slice(0, 5) + "\u2026" : name);

/* The choice of one run, the same in every part that shows only one. */
function runSelect(changed) {
  const select = element("select", {
    "aria-label": "Run", class: "run",
    onchange: () => { state.run = Number(select.value); runChosen(); changed(); } });
  return select;
}

function syncRunSelect(select) {
  options(select, state.data.runs.map((run) => [String(run.index), run.name]), String(state.run));
}
