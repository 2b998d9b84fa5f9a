/* The page: what is on it, its controls, and its growth while it is served. */

const POLL_MILLISECONDS = 1500;

const SECTIONS = [
  { id: "collapse", title: "Is it collapsing?",
    lead: "Training data. At collapse the examples of a class coincide (NC1), the centres stand as far apart as they can (NC2), the classifier agrees with them (NC3) and decides by the nearest (NC4).",
    charts: [
      { id: "nc1", title: "NC1: spread within classes", role: "training", log: true, keys: ["nc1.pinv", "nc1.cdnv", "nc1.quotient"] },
      { id: "nc2", title: "NC2: arrangement of the centres", role: "training", log: true, keys: [
        "nc2.etf.means", "nc2.etf.classifier", "nc2.orthogonal.means", "nc2.norm_cv.means", "nc2.norm_cv.classifier",
        "nc2.angle_std.means", "nc2.angle_std.classifier", "nc2.angle_gap.means", "nc2.angle_gap.classifier",
        "nc2.uniformity.distance.variance", "nc2.uniformity.log.variance"] },
      { id: "nc3", title: "NC3: classifier and centres", role: "training", log: true, keys: [
        "nc3.duality", "nc3.alignment", "nc3.cosine", "nc3.uniform_duality", "nc3.bias"] },
      { id: "nc4", title: "NC4: nearest centre", role: "training", keys: ["nc4.mismatch", "nc4.ncc_accuracy"] }] },
  { id: "memorization", title: "Is it memorizing wrong labels?",
    lead: "Of the training examples whose label is known to be wrong, or where that is not known looks wrong.",
    charts: [
      { id: "moved", title: "Moved to the wrong class", role: "any", keys: ["memorization.fraction", "memorization.relative", "memorization.mean", "memorization.sum"] },
      { id: "fitted", title: "Fitted: predicted as labelled", role: "any", keys: ["memorization.fitted"] },
      { id: "recovered", title: "Recovered: predicted as the true class", role: "any", keys: ["memorization.recovered"] },
      { id: "estimated", title: "Labels that look wrong, and their share that is fitted", role: "any", keys: ["memorization.estimated", "suspects.share", "suspects.count"] }] },
  { id: "dilation", title: "Is it dilating?",
    lead: "How far the classes spread that unseen examples fall into.",
    charts: [
      { id: "dilated", title: "Dilation of held-out classes", role: "heldOut", keys: ["dilation.relative", "dilation.cdnv", "dilation.nc1", "dilation.quotient", "dilation.radius"] },
      { id: "against", title: "Held-out against training", role: "heldOut", compare: true, log: true, keys: ["nc1.pinv", "nc1.cdnv", "nc1.quotient"] }] },
  { id: "accuracy", title: "Is it right, and does it know?",
    charts: [
      { id: "right", title: "Accuracy, held-out", role: "heldOut", compare: true, keys: ["accuracy", "nc4.ncc_accuracy"] },
      { id: "calibration", title: "Calibration, held-out", role: "heldOut", compare: true, keys: ["ece"] }] },
];

let board = null;
let parts = [];
let panels = [];
let main = null;
let runList = null;

function announce(text) {
  document.getElementById("announcement").textContent = text;
}

function count(n, word) {
  return `${n} ${word}${n === 1 ? "" : "s"}`;
}

/* Everything anew, as at the start and when more was observed; what was chosen stays chosen. */
function build(json) {
  const chosen = state.data?.runs[state.run]?.name;
  const first = state.data === null;
  state.data = new PageData(json);
  const { runs, axis, last } = state.data;
  const kept = runs.findIndex((run) => run.name === chosen);
  state.run = Math.max(0, kept >= 0 ? kept : runs.findIndex((run) => run.tellsOfExamples));
  if (first) readView(location.hash.slice(1));
  giveColours();
  board?.clear();
  board = new ChartBoard();
  parts = [];
  panels = runs.length > 0 ? QUESTIONS.map((question) => new Panel(question)) : [];
  runList = null;
  main = document.getElementById("main");
  main.replaceChildren();
  if (runs.length > 0) main.append(toolbar());
  main.append(element("section", { id: "verdict", tabindex: -1, "aria-label": "Verdict" },
    element("div", { class: "panels" }, ...panels.map((panel) => panel.node)),
    element("div", { id: "legend" }), besides()));
  const picture = new Picture();
  if (json.across) main.prepend(picture.node);
  for (const spec of SECTIONS) main.append(...chartSection(spec));
  for (const part of [picture, new Classes(), new Plane(), new Suspects()]) {
    if (!part.isEmpty) {
      parts.push(part);
      if (!part.node.isConnected) main.append(part.node);
    }
  }
  if (runs.length > 0) main.append(...explorer(), vocabulary());
  document.getElementById("summary").textContent = runs.length === 0 ? json.theory.length > 0 ? "Theory" : "No run yet" : `${count(runs.length, "run")}, up to ${axis} ${last}`;
  show();
}

/* Everything as it was chosen to be shown. */
function show() {
  giveColours();
  runList?.update();
  document.getElementById("legend").replaceChildren(legend(show));
  document.getElementById("besides").replaceWith(besides());
  panels.forEach((panel) => panel.render());
  parts.forEach((part) => part.render());
  board.changed();
  showMoment();
  writeView();
}

/* One line: which runs, how they are drawn, and the moment. */
function toolbar() {
  runList = new RunList(show);
  return element("div", { class: "bar" }, runList.node, viewMenu(show), slider());
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
  panels.forEach((panel) => panel.render());
  parts.forEach((part) => part.render());
  writeView();
}

function showMoment() {
  const input = document.getElementById("moment");
  if (!input) return;
  const shown = Math.min(state.moment, state.data.last);
  input.value = shown;
  input.setAttribute("aria-valuetext", `${state.data.axis} ${shown}`);
  document.querySelector(".slider output").textContent = shown;
}

function runChosen() {
  parts.forEach((part) => part.render());
  writeView();
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
    if (chart) board.remove(chart);
    chart = board.add({ id: "any", title: label(select.value), role, log: true, keys });
    place.replaceChildren(chart.node);
    board.drawNear();
    board.drawRest();
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
        element("code", {}, m.key), words(m.meaning), number(m.ideal), words(m.source), measured.has(m.key) ? "yes" : ""]))));
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
  button.addEventListener("click", () => {
    const root = document.documentElement;
    const next = themes[(themes.indexOf(root.dataset.theme ?? "system") + 1) % themes.length];
    if (next === "system") delete root.dataset.theme; else root.dataset.theme = next;
    button.textContent = "Theme: " + next;
  });
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
  const search = runList?.search.value ?? "";
  const focused = document.activeElement?.id;
  const open = [...document.querySelectorAll("main details")].map((d) => d.open);
  main.style.minHeight = main.offsetHeight + "px";
  build(json);
  if (search && runList) {
    runList.fill();
    runList.search.value = search;
    runList.find();
  }
  [...document.querySelectorAll("main details")].forEach((d, i) => (d.open = open[i] ?? d.open));
  window.scrollTo(0, top);
  if (focused) document.getElementById(focused)?.focus();
  main.style.minHeight = "";
}

window.addEventListener("hashchange", () => {
  readView(location.hash.slice(1));
  build(state.data.json);
});
document.querySelector(".skip").addEventListener("click", (event) => goTo(event, "verdict"));
build(JSON.parse(document.getElementById("data").textContent));
themeButton();
redrawOnResize();
const live = document.documentElement.dataset.live;
if (live) growWhileServed(live);
