"use strict";
(() => {
/* What stands in the page as data is text of others, and is only ever set as text. */
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const cards = [...document.querySelectorAll(".example")];
const STORE = "steps";
const KEEP = "keep";
const DROP = "drop";
const START_OVER = -1;

/* Every step so far, [position, decision]; a decision is keep, drop, or the number of a class. */
let steps = [];
let current = 0;

function isStep(step) {
  return Array.isArray(step) && step.length === 2 && (step[0] === START_OVER
    || (Number.isInteger(step[0]) && step[0] >= 0 && step[0] < cards.length
      && (step[1] === KEEP || step[1] === DROP
        || (Number.isInteger(step[1]) && step[1] >= 0 && step[1] < data.classes.length))));
}

/* The browser's database, or null: where a page may not store anything, what is decided lasts as long as the page.
   Not localStorage, which Chromium at times denies a page read from a file for as long as it is open. */
const database = new Promise((resolve) => {
  try {
    const request = indexedDB.open("collapse4j.suspects", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(null);
  } catch (e) {
    resolve(null);
  }
});

async function restore() {
  const opened = await database;
  if (opened === null) return;
  const request = opened.transaction(STORE).objectStore(STORE).get(data.id);
  request.onsuccess = () => {
    const read = request.result;
    const isUntouched = steps.length === 0;
    if (isUntouched && Array.isArray(read) && read.length > 0 && read.every(isStep)) {
      steps = read;
      showAll();
    }
  };
}

async function store() {
  const opened = await database;
  if (opened === null) return;
  const change = opened.transaction(STORE, "readwrite");
  if (steps.length === 0) change.objectStore(STORE).delete(data.id);
  else change.objectStore(STORE).put(steps, data.id);
  change.commit();
}

function decisions() {
  const made = new Map();
  for (const [at, decision] of steps) {
    if (at === START_OVER) made.clear();
    else made.set(at, decision);
  }
  return made;
}

const called = (at) => (/^\d+$/.test(data.examples[at].name) ? data.noun + " " : "") + data.examples[at].name;
const kindOf = (decision) => (typeof decision === "number" ? "change" : decision ?? "");

function inWords(at, decision) {
  switch (kindOf(decision)) {
    case KEEP: return "kept: " + data.classes[data.examples[at].given];
    case DROP: return "dropped";
    case "change": return "changed: " + data.classes[decision];
    default: return "undecided";
  }
}

function button(text, label, pressed) {
  const node = document.createElement("button");
  node.type = "button";
  node.textContent = text;
  node.setAttribute("aria-label", label);
  node.addEventListener("click", pressed);
  return node;
}

function addActions(card, at) {
  const { given, suggested } = data.examples[at];
  const actions = document.createElement("div");
  actions.className = "actions";
  const keep = button("Keep", `Keep ${data.classes[given]} for ${called(at)}`, () => decide(at, KEEP));
  const change = button("Change", `Change ${called(at)} to ${data.classes[suggested]}`, () => decide(at, suggested));
  const drop = button("Drop", `Drop ${called(at)}`, () => decide(at, DROP));
  keep.classList.add(KEEP);
  change.classList.add("change");
  drop.classList.add(DROP);
  const others = document.createElement("select");
  others.setAttribute("aria-label", `Other class for ${called(at)}`);
  others.append(new Option("other class", ""));
  /* A hundred lists of a thousand classes are made when they are looked at. */
  for (const event of ["focus", "pointerdown"]) others.addEventListener(event, () => fill(others));
  others.addEventListener("change", () => {
    if (others.value !== "") decide(at, Number(others.value) === given ? KEEP : Number(others.value));
  });
  actions.append(keep, change, drop, others);
  const decision = document.createElement("p");
  decision.className = "decision";
  card.append(decision, actions);
  card.addEventListener("focusin", () => { if (current !== at) setCurrent(at); });
}

function fill(others) {
  if (others.options.length === 1) data.classes.forEach((name, c) => others.append(new Option(name, c)));
}

function show(at, decision) {
  const card = cards[at];
  const kind = kindOf(decision);
  card.classList.remove(KEEP, "change", DROP);
  if (kind !== "") card.classList.add(kind);
  const { given, suggested } = data.examples[at];
  card.setAttribute("aria-label", `${called(at)}, labelled ${data.classes[given]}, sits with ${data.classes[suggested]}, `
    + inWords(at, decision));
  card.querySelector(".decision").textContent = kind === "" ? "" : inWords(at, decision);
  const pressed = { keep: decision === KEEP, change: decision === suggested, drop: decision === DROP };
  for (const [name, on] of Object.entries(pressed)) {
    card.querySelector(".actions ." + name).setAttribute("aria-pressed", String(on));
  }
  const others = card.querySelector("select");
  const isOther = kind === "change" && decision !== suggested;
  if (isOther) fill(others);
  others.value = isOther ? String(decision) : "";
}

function showAll() {
  const made = decisions();
  cards.forEach((card, at) => show(at, made.get(at)));
  showProgress(made);
}

function showProgress(made) {
  const count = (kind) => [...made.values()].filter((decision) => kindOf(decision) === kind).length;
  byId("progress-text").textContent = `${made.size} of ${cards.length} decided: ${count(KEEP)} kept, `
    + `${count("change")} changed, ${count(DROP)} dropped`;
  byId("progress").max = Math.max(1, cards.length);
  byId("progress").value = made.size;
  byId("undo").disabled = steps.length === 0;
  byId("restart").disabled = made.size === 0;
  byId("export").disabled = made.size === 0;
}

function decide(at, decision) {
  steps.push([at, decision]);
  store();
  const made = decisions();
  show(at, decision);
  showProgress(made);
  byId("said").textContent = `${called(at)} ${inWords(at, decision)}. ${made.size} of ${cards.length} decided.`;
}

function undo() {
  if (steps.length === 0) return;
  const [at] = steps.pop();
  store();
  showAll();
  if (at === START_OVER) {
    byId("said").textContent = "Decisions are back.";
  } else {
    byId("said").textContent = `Undone: ${called(at)} ${inWords(at, decisions().get(at))}.`;
    focus(at);
  }
}

function startOver() {
  steps.push([START_OVER, null]);
  store();
  showAll();
  byId("said").textContent = "Nothing is decided; Undo brings decisions back.";
  byId("undo").focus();
}

/* One card at a time can be reached by the tabulator; arrows lead to the others. */
function setCurrent(at) {
  for (const [position, index] of [[current, -1], [at, 0]]) {
    cards[position].tabIndex = index;
    cards[position].querySelectorAll(".actions > *, summary").forEach((node) => { node.tabIndex = index; });
  }
  current = at;
}

function focus(at) {
  const next = Math.max(0, Math.min(cards.length - 1, at));
  setCurrent(next);
  cards[next].focus();
}

function columns() {
  const top = cards[0].offsetTop;
  const inFirstRow = cards.findIndex((card) => card.offsetTop !== top);
  return inFirstRow < 0 ? cards.length : inFirstRow;
}

function decideAndGoOn(decision) {
  decide(current, decision);
  if (current + 1 < cards.length) focus(current + 1);
  else cards[current].focus();
}

const KEYS = {
  ArrowRight: () => focus(current + 1), ArrowLeft: () => focus(current - 1),
  ArrowDown: () => focus(current + columns()), ArrowUp: () => focus(current - columns()),
  Home: () => focus(0), End: () => focus(cards.length - 1),
  k: () => decideAndGoOn(KEEP), c: () => decideAndGoOn(data.examples[current].suggested), d: () => decideAndGoOn(DROP),
  o: () => cards[current].querySelector("select").focus(), u: undo, e: save };

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.tagName === "SELECT") {
    if (event.key === "Escape") cards[current].focus();
    return;
  }
  const action = KEYS[event.key] ?? KEYS[event.key.toLowerCase()];
  if (action) {
    event.preventDefault();
    action();
  }
}

const cell = (text) => (/[",\r\n]|^\s|\s$/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text);

/* Of what is decided only. */
function table() {
  const lines = [["index", "name", "given", "suggested", "decision", "label"]];
  for (const [at, decision] of [...decisions()].sort((a, b) => a[0] - b[0])) {
    const { index, name, given, suggested } = data.examples[at];
    const label = decision === DROP ? "" : data.classes[decision === KEEP ? given : decision];
    lines.push([String(index), name, data.classes[given], data.classes[suggested], kindOf(decision), label]);
  }
  return lines.map((line) => line.map(cell).join(",") + "\n").join("");
}

function save() {
  const made = decisions().size;
  if (made === 0) {
    byId("said").textContent = "Nothing is decided yet.";
    return;
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([table()], { type: "text/csv" }));
  link.download = "corrected.csv";
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  byId("said").textContent = `${made} decisions are in corrected.csv.`;
}

if (cards.length > 0) {
  cards.forEach(addActions);
  cards.forEach((card, at) => setCurrent(at));
  setCurrent(0);
  document.querySelector(".all").addEventListener("keydown", onKey);
  byId("undo").addEventListener("click", undo);
  byId("restart").addEventListener("click", startOver);
  byId("export").addEventListener("click", save);
  byId("work").hidden = false;
  showAll();
  restore();
}
})();
