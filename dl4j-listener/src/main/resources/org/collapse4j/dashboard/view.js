/* What is shown: runs, their colours and groups, the axis, the moment. It is in the address too, so
   that a link shows the same. */

const ONE_COLOUR_A_RUN = 8;

const state = {
  data: null, hidden: new Set(), colour: "", group: "", axis: "", smooth: 0, moment: Infinity,
  run: 0, charts: new Map(), known: new Map() };

const isVisible = (run) => !state.hidden.has(run.name);
const visibleRuns = () => state.data.runs.filter(isVisible);

/* What runs can be told apart by: the loss and noise rate of any log, and each parameter in which
   they differ. */
function traits() {
  const { runs, differing } = state.data;
  const telling = [
    ["run", "run"],
    ...(new Set(runs.map((r) => r.json.loss)).size > 1 ? [["loss", "loss"]] : []),
    ...(new Set(runs.map((r) => r.json.noise)).size > 1 ? [["noise", "noise rate"]] : [])];
  const others = differing.filter((key) => key !== "loss" && key !== "noise.rate");
  return [...telling, ...others.map((key) => ["p." + key, key])];
}

function traitOf(run, trait) {
  if (trait === "run") return run.name;
  if (trait === "loss") return run.json.loss ?? "loss not known";
  if (trait === "noise") return run.json.noise === null ? "noise rate not known" : "noise rate " + number(run.json.noise);
  const key = trait.slice(2);
  return Object.hasOwn(run.json.parameters, key) ? `${key} ${run.json.parameters[key]}` : `no ${key}`;
}

/* Few runs have a colour each; of many, what they differ in. */
function colourTrait() {
  const possible = traits().map(([trait]) => trait);
  if (possible.includes(state.colour)) return state.colour;
  if (state.data.runs.length <= ONE_COLOUR_A_RUN) return "run";
  const few = possible.find((trait) => {
    const values = new Set(state.data.runs.map((run) => traitOf(run, trait))).size;
    return values > 1 && values <= ONE_COLOUR_A_RUN;
  });
  return few ?? "run";
}

/* A value keeps its colour when others come before it. */
function giveColours() {
  const trait = colourTrait();
  if (!state.known.has(trait)) state.known.set(trait, new Map());
  const known = state.known.get(trait);
  const byValue = d3.group(state.data.runs, (run) => traitOf(run, trait));
  const values = [...byValue.keys()];
  if (trait !== "run") values.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  for (const value of values) if (!known.has(value)) known.set(value, known.size);
  for (const run of state.data.runs) run.colour = known.get(traitOf(run, trait));
  state.legend = values.map((value) => ({
    value, colour: known.get(value), runs: byValue.get(value) }));
}

/* The lines there are: of single runs, or of groups of them. */
function units() {
  const runs = visibleRuns();
  if (state.group === "") return runs.map((run) => ({ runs: [run], label: run.name, colour: run.colour }));
  const groups = state.group === "seeds" ? [...d3.group(runs, (run) => run.json.group).values()]
    : [...d3.group(runs, (run) => traitOf(run, state.group)).values()];
  const ownColour = groups.every((group) => group.every((run) => run.colour === group[0].colour))
    && new Set(groups.map((group) => group[0].colour)).size === groups.length;
  return groups.map((group, i) => ({
    runs: group,
    label: group.length === 1 ? group[0].name
      : state.group === "seeds" ? repetitions(group) : `${traitOf(group[0], state.group)} (${group.length} runs)`,
    colour: ownColour ? group[0].colour : i }));
}

/* What runs that differ by seed have in common, as far as others differ in it. */
function repetitions(runs) {
  const text = runs[0].parametersThat((key) => key !== "seed" && state.data.differing.includes(key))
    || runs[0].parametersThat((key) => key !== "seed") || runs[0].name;
  return `${text} (${runs.length} seeds)`;
}

/* The axes the charts can have: epochs, and iterations and the time of training where they are known. */
function axes() {
  const { axis, hasIterations, hasTimes } = state.data;
  return [axis, ...(hasIterations ? ["iteration"] : []), ...(hasTimes ? ["time"] : [])];
}

const axisOf = () => (axes().includes(state.axis) ? state.axis : state.data.axis);

/* An axis with its unit, and a place on it in words. */
const axisName = () => (axisOf() === "time" ? `time (${state.data.timeUnit.name})` : axisOf());
const placeText = (x) => (axisOf() === "time" ? `${number(x)} ${state.data.timeUnit.name}` : `${axisOf()} ${x}`);

/* Legend, and what is chosen of the runs. */

const LEGEND_ENTRIES = 40;

function legend(changed) {
  const { runs } = state.data;
  const node = element("div", { class: "legend", role: "group", "aria-label": "Runs shown" });
  if (runs.length < 2) return node;
  const entries = state.legend.slice(0, LEGEND_ENTRIES);
  for (const entry of entries) {
    const name = entry.value + (entry.runs.length > 1 ? ` (${entry.runs.length} runs)` : "");
    node.append(element("button", {
      type: "button", "data-colour": entry.colour, "aria-pressed": String(entry.runs.some(isVisible)),
      title: entry.runs.length > 1 ? hint(name) : hint(entry.runs[0].parameters || name),
      "aria-label": hint(name) + DASH_NAMES[dashIndex(entry.colour)],
      onclick: (event) => {
        if (event.altKey || event.shiftKey) showOnly(entry.runs);
        else toggle(entry.runs, !entry.runs.some(isVisible));
        changed();
      } }, sample(entry.colour), element("span", {}, shortened(entry.value)),
      entry.runs.length > 1 ? element("small", {}, String(entry.runs.length)) : null));
  }
  if (state.legend.length > entries.length) {
    node.append(element("p", { class: "note" }, `and ${state.legend.length - entries.length} more: see Runs`));
  }
  return node;
}

function toggle(runs, visible) {
  for (const run of runs) if (visible) state.hidden.delete(run.name); else state.hidden.add(run.name);
}

function showOnly(runs) {
  const kept = new Set(runs);
  state.hidden = new Set(state.data.runs.filter((run) => !kept.has(run)).map((run) => run.name));
}

/* The list of all runs, to search and choose from. */
class RunList {
  constructor(changed) {
    this.changed = changed;
    this.search = element("input", {
      type: "search", placeholder: "name or parameter", "aria-label": "Search runs", oninput: () => this.find() });
    const press = (text, action) => element("button", { type: "button", onclick: () => { action(); this.changed(); } }, text);
    this.list = element("ul", { class: "runs" });
    this.told = element("p", { class: "note", role: "status" });
    this.node = menu("runs", "",
      element("div", { class: "controls" }, this.search,
        press("show all", () => (state.hidden = new Set())),
        press("only found", () => showOnly(this.found)),
        press("hide found", () => toggle(this.found, false))),
      this.told, this.list);
    this.rows = [];
    this.node.addEventListener("toggle", () => {
      if (this.node.open) {
        this.fill();
        this.search.focus();
      }
    });
  }

  /* Thousands of rows are not made before they are looked at. */
  fill() {
    if (this.rows.length > 0) return;
    this.rows = state.data.runs.map((run) => this.row(run));
    this.list.append(...this.rows.map((row) => row.node));
    this.find();
    this.update();
  }

  row(run) {
    const box = element("input", { type: "checkbox", onchange: () => { toggle([run], box.checked); this.changed(); } });
    const different = run.parametersThat((key) => state.data.differing.includes(key));
    const text = (run.name + " " + run.parameters).toLowerCase();
    const mark = element("span", {});
    const node = element("li", {}, element("label", { title: hint(run.parameters || run.name) },
      box, mark, element("span", {}, shortened(run.name)), element("small", { class: "note" }, shortened(different, 120))));
    return { run, box, mark, text, node };
  }

  find() {
    const terms = this.search.value.toLowerCase().split(/\s+/).filter((term) => term);
    for (const row of this.rows) row.node.hidden = !terms.every((term) => row.text.includes(term));
    this.found = this.rows.filter((row) => !row.node.hidden).map((row) => row.run);
    this.told.textContent = terms.length > 0 ? `${this.found.length} of ${this.rows.length} found` : "";
  }

  update() {
    const shown = visibleRuns().length;
    this.node.querySelector("summary").textContent = `Runs: ${shown} of ${state.data.runs.length}`;
    for (const row of this.rows) {
      row.box.checked = isVisible(row.run);
      row.mark.replaceChildren(sample(row.run.colour));
    }
  }
}

/* How lines are drawn. */
function viewMenu(changed) {
  const possible = traits();
  const choice = (label, id, entries, key, chosen) => {
    const select = element("select", { id, onchange: () => { state[key] = select.value; changed(); } });
    options(select, entries, chosen);
    return element("label", {}, label + " ", select);
  };
  const smooth = element("input", {
    type: "range", id: "smooth", min: 0, max: 0.95, step: 0.05, value: state.smooth,
    oninput: () => { state.smooth = Number(smooth.value); said.textContent = smoothText(); changed(); } });
  const smoothText = () => (state.smooth === 0 ? "off" : state.smooth.toFixed(2));
  const said = element("output", { for: "smooth" }, smoothText());
  const groups = [["", "nothing"], ...(state.data.hasSeeds ? [["seeds", "all but the seed"]] : []),
    ...possible.filter(([trait]) => trait !== "run")];
  return menu("view", "View",
    choice("colours and dashes by", "colour", possible, "colour", colourTrait()),
    choice("mean and range of runs with the same", "group", groups, "group", state.group),
    axes().length > 1 ? choice("across", "axis", axes().map((axis) =>
      [axis === state.data.axis ? "" : axis, axis === "time" ? "time of training" : axis]), "axis", state.axis) : null,
    element("label", {}, "smoothing ", smooth, " ", said));
}

/* The view in the address. */

const SEPARATOR = "\n";

function viewText() {
  const view = new URLSearchParams();
  const names = state.data.runs.map((run) => run.name);
  const shown = names.filter((name) => !state.hidden.has(name)), hidden = names.filter((name) => state.hidden.has(name));
  if (hidden.length > 0 && hidden.length <= shown.length) view.set("hide", hidden.join(SEPARATOR));
  else if (hidden.length > 0) view.set("show", shown.join(SEPARATOR));
  if (state.colour) view.set("colour", state.colour);
  if (state.group) view.set("group", state.group);
  if (state.axis) view.set("across", state.axis);
  if (state.smooth) view.set("smooth", state.smooth);
  if (state.moment !== Infinity) view.set("at", state.moment);
  if (state.runChosen) view.set("run", state.data.runs[state.run]?.name ?? "");
  for (const [id, { key, log }] of state.charts) {
    if (key) view.set("metric." + id, key);
    if (log !== undefined) view.set("log." + id, log ? 1 : 0);
  }
  return view.toString();
}

/* Takes what an address says, where it says something that can be. */
function readView(text) {
  const view = new URLSearchParams(text);
  const names = new Set(state.data.runs.map((run) => run.name));
  const listed = (key) => view.get(key).split(SEPARATOR).filter((name) => names.has(name));
  state.hidden = new Set(view.has("hide") ? listed("hide") : []);
  if (view.has("show")) {
    const shown = new Set(listed("show"));
    state.hidden = new Set([...names].filter((name) => !shown.has(name)));
  }
  const known = traits().map(([trait]) => trait);
  state.colour = known.includes(view.get("colour")) ? view.get("colour") : "";
  state.group = ["seeds", ...known].includes(view.get("group")) ? view.get("group") : "";
  state.axis = axes().slice(1).includes(view.get("across")) ? view.get("across") : "";
  const smooth = Number(view.get("smooth"));
  state.smooth = smooth > 0 && smooth <= 0.95 ? smooth : 0;
  state.moment = view.has("at") && Number.isFinite(Number(view.get("at"))) ? Number(view.get("at")) : Infinity;
  const run = state.data.runs.findIndex((r) => r.name === view.get("run"));
  state.runChosen = run >= 0;
  if (run >= 0) state.run = run;
  state.charts = new Map();
  for (const [name, value] of view) {
    const [kind, id] = [name.slice(0, name.indexOf(".")), name.slice(name.indexOf(".") + 1)];
    if (kind === "metric" && state.data.metrics.has(value)) chosenOf(id).key = value;
    if (kind === "log") chosenOf(id).log = value === "1";
  }
}

/* What was chosen of a chart: its metric and scale. */
function chosenOf(id) {
  if (!state.charts.has(id)) state.charts.set(id, {});
  return state.charts.get(id);
}

function writeView() {
  const text = viewText();
  if (location.hash.slice(1) !== text) {
    history.replaceState(null, "", text ? "#" + text : location.pathname + location.search);
  }
}
