/* The page: what is on it, its controls, and its growth while it is served. */

const POLL_MILLISECONDS = 1500;

const SECTIONS = [
  { id: "collapse", title: "Is it collapsing?",
    lead: "Training data. At collapse the examples of a class coincide (NC1), the centres stand as far apart as they can (NC2), the classifier agrees with them (NC3) and decides by the nearest (NC4).",
    charts: [
      { title: "NC1: spread within classes", role: "training", log: true, keys: ["nc1.cdnv", "nc1.pinv", "nc1.quotient"] },
      { title: "NC2: arrangement of the centres", role: "training", log: true, keys: [
        "nc2.etf.means", "nc2.etf.classifier", "nc2.orthogonal.means", "nc2.norm_cv.means", "nc2.norm_cv.classifier",
        "nc2.angle_std.means", "nc2.angle_std.classifier", "nc2.angle_gap.means", "nc2.angle_gap.classifier",
        "nc2.uniformity.distance.variance", "nc2.uniformity.log.variance"] },
      { title: "NC3: classifier and centres", role: "training", log: true, keys: [
        "nc3.duality", "nc3.alignment", "nc3.cosine", "nc3.uniform_duality", "nc3.bias"] },
      { title: "NC4: nearest centre", role: "training", keys: ["nc4.mismatch", "nc4.ncc_accuracy"] }] },
  { id: "memorization", title: "Is it memorizing wrong labels?",
    lead: "Of the training examples whose label is known to be wrong.",
    charts: [
      { title: "Moved to the wrong class", role: "any", keys: ["memorization.fraction", "memorization.relative", "memorization.mean", "memorization.sum"] },
      { title: "Fitted: predicted as labelled", role: "any", keys: ["memorization.fitted"] },
      { title: "Recovered: predicted as the true class", role: "any", keys: ["memorization.recovered"] }] },
  { id: "dilation", title: "Is it dilating?",
    lead: "How far the classes spread that unseen examples fall into.",
    charts: [
      { title: "Dilation of held-out classes", role: "heldOut", keys: ["dilation.relative", "dilation.cdnv", "dilation.nc1", "dilation.quotient", "dilation.radius"] },
      { title: "Held-out against training", role: "heldOut", compare: true, log: true, keys: ["nc1.cdnv", "nc1.pinv", "nc1.quotient"] }] },
  { id: "accuracy", title: "Is it right, and does it know?",
    charts: [
      { title: "Accuracy, held-out", role: "heldOut", compare: true, keys: ["accuracy", "nc4.ncc_accuracy"] },
      { title: "Calibration, held-out", role: "heldOut", compare: true, keys: ["ece"] }] },
];

let board = null;
let parts = [];
let main = null;

function announce(text) {
  document.getElementById("announcement").textContent = text;
}

function count(n, word) {
  return `${n} ${word}${n === 1 ? "" : "s"}`;
}

/* Everything anew, as at the start and when more was observed; what was chosen stays chosen. */
function build(json) {
  const chosen = state.data?.runs[state.run]?.name;
  state.data = new PageData(json);
  giveColours();
  const kept = state.data.runs.findIndex((run) => run.name === chosen);
  state.run = Math.max(0, kept >= 0 ? kept : state.data.runs.findIndex((run) => run.tellsOfExamples));
  board?.clear();
  board = new ChartBoard();
  parts = [];
  main = document.getElementById("main");
  document.getElementById("summary").textContent = state.data.runs.length === 0
    ? "No run yet" : `${count(state.data.runs.length, "run")}, up to ${state.data.axis} ${state.data.last}`;
  if (state.data.runs.length === 0) {
    main.replaceChildren(verdictSection());
    return;
  }
  main.replaceChildren(verdictSection(), toolbar());
  for (const spec of SECTIONS) main.append(...chartSection(spec));
  for (const part of [new Picture(), new Classes(), new Plane(), new Suspects()]) {
    if (!part.isEmpty) {
      parts.push(part);
      main.append(part.node);
    }
  }
  main.append(...explorer(), vocabulary());
  parts.forEach((part) => part.render());
  showMoment();
}

function verdictSection() {
  const { runs, json } = state.data;
  const node = section("verdict", "In words");
  node.classList.add("answer");
  const list = (verdicts) => element("ul", { class: "verdicts" },
    ...verdicts.map((v) => element("li", { class: v.tone }, element("span", {}, v.text))));
  const card = element("div", { class: "card" });
  if (runs.length === 1) {
    card.append(list(runs[0].json.verdict));
    if (runs[0].json.verdict.length === 0) {
      card.append(element("p", { class: "note" }, "Nothing was measured that words could be put to."));
    }
    if (runs[0].parameters) card.append(element("p", { class: "note" }, runs[0].name + ": " + runs[0].parameters));
  } else {
    card.append(list(json.verdict), element("details", { open: runs.length <= 6 },
      element("summary", {}, "Run by run"), verdictTable(runs)));
  }
  for (const note of json.notes) card.append(element("p", { class: "note" }, "Note: " + note));
  const thinned = Math.max(...runs.flatMap((r) => r.series.map((s) => s.json.every)));
  if (thinned > 1) {
    card.append(element("p", { class: "note" },
      `Of long runs up to every ${thinned}th observation is drawn, with the first and the last.`));
  }
  node.append(card);
  return node;
}

function verdictTable(runs) {
  const topics = [...new Set(runs.flatMap((r) => r.json.verdict.map((v) => v.topic)))];
  const order = ["collapse", "memorization", "dilation", "accuracy", "calibration", "trouble"];
  topics.sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const rows = runs.map((run) => element("tr", {},
    element("th", { scope: "row" }, sample(run.colour), " ", run.name,
      element("small", { class: "note" }, run.parametersAmong(runs))),
    ...topics.map((topic) => {
      const found = run.json.verdict.find((v) => v.topic === topic);
      return found ? element("td", { class: "verdict " + found.tone }, found.text) : element("td", {});
    })));
  return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Verdicts run by run" },
    element("table", {},
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "run"),
        ...topics.map((t) => element("th", { scope: "col", class: "words" }, t)))),
      element("tbody", {}, ...rows)));
}

function toolbar() {
  const legend = element("div", { class: "legend", role: "group", "aria-label": "Runs shown" });
  const { runs, data } = { runs: state.data.runs, data: state.data };
  const show = () => {
    for (const button of legend.querySelectorAll("button[data-run]")) {
      button.setAttribute("aria-pressed", String(isVisible(runs[button.dataset.run])));
    }
    board.changed();
    parts.forEach((part) => part instanceof Picture && part.render());
  };
  for (const run of runs) {
    legend.append(element("button", {
      type: "button", "data-run": run.index, "aria-pressed": String(isVisible(run)),
      title: run.parameters || run.name,
      "aria-label": run.name + DASH_NAMES[dashIndex(run.colour)],
      onclick: (event) => {
        if (event.altKey || event.shiftKey) {
          state.hidden = new Set(runs.filter((r) => r !== run).map((r) => r.name));
        } else if (!state.hidden.delete(run.name)) state.hidden.add(run.name);
        show();
      } }, sample(run.colour), element("span", {}, run.name)));
  }
  if (runs.length > 2) {
    legend.append(element("button", { type: "button", class: "all", onclick: () => {
      state.hidden = state.hidden.size > 0 ? new Set() : new Set(runs.map((r) => r.name));
      show();
    } }, "all / none"));
  }
  const bar = element("div", { class: "bar" }, legend);
  if (data.hasSeeds) {
    const box = element("input", { type: "checkbox", id: "band", checked: state.band, onchange: () => {
      state.band = box.checked;
      board.changed();
    } });
    bar.append(element("label", {}, box, " seeds as a band"));
  }
  bar.append(slider());
  return bar;
}

function slider() {
  const { first, last, axis } = state.data;
  const input = element("input", {
    type: "range", id: "moment", min: first, max: last, step: 1,
    "aria-label": `Moment: ${axis}`,
    oninput: () => moveTo(Number(input.value)) });
  return element("label", { class: "slider" }, axis + " ", input, element("output", { for: "moment" }));
}

/* Moves the slider, and all that shows one moment. At the end it stays there as runs grow. */
function moveTo(moment) {
  state.moment = moment >= state.data.last ? Infinity : moment;
  showMoment();
  board.momentChanged();
  parts.forEach((part) => part.render());
}

function showMoment() {
  const shown = Math.min(state.moment, state.data.last);
  const input = document.getElementById("moment");
  input.value = shown;
  input.setAttribute("aria-valuetext", `${state.data.axis} ${shown}`);
  document.querySelector(".slider output").textContent = shown;
}

function runChosen() {
  parts.forEach((part) => part.render());
}

function chartSection(spec) {
  const measured = spec.charts.filter((c) => c.keys.some((key) => state.data.isMeasured(c.role, key)));
  if (measured.length === 0) return [];
  const node = section(spec.id, spec.title, spec.lead);
  node.append(element("div", { class: `charts of${measured.length}` }, ...measured.map((c) => board.add(c).node)));
  return [node];
}

/* Any metric of any split and layer. */
function explorer() {
  const places = [...new Set(state.data.runs.flatMap((r) => r.series.map((s) => JSON.stringify([s.split, s.layer]))))];
  if (places.length === 0) return [];
  const node = section("explorer", "Every metric", "Of any data and layer that was measured.");
  const place = element("div", { class: "charts of1" });
  const select = element("select", { "aria-label": "Data and layer", onchange: () => fill() });
  const label = (p) => { const [split, layer] = JSON.parse(p); return `${split} at ${layer}`; };
  options(select, places.map((p) => [p, label(p)]), places[0]);
  let chart = null;
  const fill = () => {
    const [split, layer] = JSON.parse(select.value);
    const role = (run) => run.series.find((s) => s.split === split && s.layer === layer);
    const keys = state.data.measuredKeys.filter((key) => state.data.runs.some((r) => role(r)?.has(key)));
    if (chart) board.charts.splice(board.charts.indexOf(chart), 1);
    chart = board.add({ title: label(select.value), role, log: true, keys });
    place.replaceChildren(chart.node);
  };
  fill();
  node.append(element("div", { class: "controls" }, element("label", {}, "data ", select)), place);
  return [node];
}

function vocabulary() {
  const node = section("vocabulary", "What the numbers mean");
  const measured = new Set(state.data.measuredKeys);
  node.append(element("details", { class: "card" },
    element("summary", {}, "All metrics: meaning, ideal value, source"),
    table("Metrics", ["key", "meaning", "ideal", "source", "measured here"],
      [...state.data.metrics.values()].map((m) => [
        element("code", {}, m.key), element("td", { class: "words" }, m.meaning), number(m.ideal),
        element("td", { class: "words" }, m.source), measured.has(m.key) ? "yes" : ""]))));
  return node;
}

function redrawOnResize() {
  let width = innerWidth;
  window.addEventListener("resize", () => {
    if (innerWidth !== width) parts.forEach((part) => part.render());
    width = innerWidth;
  });
}

function themeButton() {
  const themes = ["system", "light", "dark"];
  const button = document.getElementById("theme");
  button.hidden = false;
  const redraw = () => { board.changed(); parts.forEach((part) => part.render()); };
  button.addEventListener("click", () => {
    const root = document.documentElement;
    const next = themes[(themes.indexOf(root.dataset.theme ?? "system") + 1) % themes.length];
    if (next === "system") delete root.dataset.theme; else root.dataset.theme = next;
    button.textContent = "Theme: " + next;
    redraw();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}

/* Asks a server for more; a page from disk does not. */
function growWhileServed(address) {
  const status = document.getElementById("status");
  let tag = null;
  const ask = async () => {
    try {
      const answer = await fetch(address, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
      if (answer.status === 200) {
        const json = await answer.json();
        const first = tag === null;
        tag = answer.headers.get("ETag");
        if (!first || JSON.stringify(json) !== document.getElementById("data").textContent) regrow(json);
        status.textContent = "Live";
      } else {
        status.textContent = answer.status === 304 ? "Live" : "Not read: " + (await answer.text());
      }
    } catch {
      status.textContent = "The server does not answer; this is the last it said";
    }
    setTimeout(ask, POLL_MILLISECONDS);
  };
  ask();
}

/* New data under the reader's eyes: the place on the page, the focus and what is open stay. */
function regrow(json) {
  const top = window.scrollY;
  const focused = document.activeElement?.id;
  const open = [...document.querySelectorAll("main details")].map((d) => d.open);
  main.style.minHeight = main.offsetHeight + "px";
  build(json);
  [...document.querySelectorAll("main details")].forEach((d, i) => (d.open = open[i] ?? d.open));
  window.scrollTo(0, top);
  if (focused) document.getElementById(focused)?.focus();
  main.style.minHeight = "";
}

build(JSON.parse(document.getElementById("data").textContent));
themeButton();
redrawOnResize();
const live = document.documentElement.dataset.live;
if (live) growWhileServed(live);
