/* The first screen: three questions, each with its verdict, the number behind it and its course. */

const QUESTIONS = [
  { id: "collapse", title: "Is it collapsing?", topic: "collapse", role: "training", log: true,
    keys: ["nc1.pinv", "nc1.cdnv", "nc1.quotient"], missing: "Training data was not measured." },
  { id: "memorization", title: "Is it memorizing?", topic: "memorization", otherwise: "labels", role: "any",
    keys: ["memorization.fitted", "memorization.fraction", "memorization.relative", "memorization.estimated"],
    missing: "No wrong labels are known or looked for, so none can be seen to be memorized." },
  { id: "dilation", title: "Is it dilating?", topic: "dilation", role: "heldOut",
    keys: ["dilation.relative", "dilation.cdnv", "dilation.nc1"], missing: "No held-out data was measured." },
];

const SHARES = new Set(["memorization.fitted", "memorization.fraction", "memorization.estimated"]);
const inWords = (key, value) => (SHARES.has(key) ? (100 * value).toFixed(value < 0.1 ? 1 : 0) + "%" : number(Number(value.toPrecision(2))));

class Panel {
  constructor(question) {
    this.question = question;
    this.chart = state.data.runs.length > 0
      ? board.add({ ...question, id: "first." + question.id, small: true }) : null;
    this.verdict = element("div", { class: "said" });
    this.figure = element("p", { class: "figure" });
    this.node = element("article", { class: "card panel", id: "panel-" + question.id },
      element("header", {}, element("h2", {}, question.title),
        this.chart?.keys.length ? element("a", { href: "#" + question.id, onclick: (event) => goTo(event, question.id) }, "Details") : null),
      this.verdict, this.figure, this.chart?.keys.length ? this.chart.node : null);
  }

  render() {
    const said = answerTo(this.question);
    this.verdict.replaceChildren(said ? verdictList([said])
      : element("p", { class: "note" }, this.chart?.keys.length ? "Nothing can be said yet." : this.question.missing));
    this.figure.replaceChildren(...this.number());
  }

  /* The value of the runs shown at the slider, and where it came from. */
  number() {
    if (!this.chart?.keys.length) return [];
    const key = this.chart.key;
    const rows = visibleRuns().map((run) => this.chart.seriesOf(run)).filter((series) => series !== null)
      .map((series) => ({ now: series.valueAt(key, state.moment), start: series.defined(key).y[0] }))
      .filter(({ now }) => now !== null);
    if (rows.length === 0) return [];
    const now = d3.median(rows, (row) => row.now), start = d3.median(rows, (row) => row.start);
    const [low, high] = d3.extent(rows, (row) => row.now);
    const arrow = now < start ? "\u2193" : now > start ? "\u2191" : "=";
    const spread = rows.length === 1 ? "" : `, median of ${rows.length} runs from ${inWords(key, low)} to ${inWords(key, high)}`;
    return [element("strong", {}, inWords(key, now)), " ",
      element("span", { class: "note" }, `${arrow} from ${inWords(key, start)}; lower is better. `,
        element("code", {}, key), spread)];
  }
}

/* The verdict that answers a question: of one run the first of its topic, of several the last, which is of all of
   them, after comparisons of some. What else is said stands below. */
const answerTo = (question) => {
  const ofTopic = (topic) => verdictsShown().filter((verdict) => verdict.topic === topic);
  const of = (topic) => ofTopic(topic).at(visibleRuns().length === 1 ? 0 : -1);
  return of(question.topic) ?? of(question.otherwise);
};

/* Of a single run shown its own, else of all together. */
function verdictsShown() {
  const shown = visibleRuns();
  return shown.length === 1 ? shown[0].json.verdict : state.data.json.verdict;
}

function verdictList(verdicts) {
  return element("ul", { class: "verdicts" },
    ...verdicts.map((v) => element("li", { class: v.tone }, element("span", {}, v.text))));
}

/* Goes to a part of the page without writing it into the address, which holds the view. */
function goTo(event, id) {
  event.preventDefault();
  const place = document.getElementById(id);
  place?.scrollIntoView();
  place?.querySelector("h2")?.focus({ preventScroll: true });
}

/* What there is to say beside the three questions, and each run's verdicts. */
function besides() {
  const { runs, json } = state.data;
  const answers = QUESTIONS.map(answerTo);
  const others = verdictsShown().filter((verdict) => !answers.includes(verdict));
  const parts = [];
  if (others.length > 0) parts.push(verdictList(others));
  if (runs.length === 1 && runs[0].parameters) {
    parts.push(element("p", { class: "note" }, shortened(runs[0].name + ": " + runs[0].parameters, 600)));
  }
  if (runs.length > 1) {
    const details = element("details", { id: "run-by-run", ontoggle: () => {
      if (details.open && details.childElementCount === 1) details.append(verdictTable(runs));
    } }, element("summary", {}, "Verdicts run by run"));
    parts.push(details);
  }
  for (const note of json.notes) parts.push(element("p", { class: "note" }, "Note: " + shortened(note, 600)));
  if (json.withoutDetails > 0) {
    parts.push(element("p", { class: "note" }, `So that the page stays small, ${count(json.withoutDetails, "run")} `
      + "come without classes, planes and suspects; a page of fewer runs shows them."));
  }
  if (json.thinned) {
    parts.push(element("p", { class: "note" },
      "Of long runs some values are left out; the first, the last, and the highest and lowest of each stretch are drawn."));
  }
  return element("div", { class: "card", id: "besides", hidden: parts.length === 0 }, ...parts);
}

function verdictTable(runs) {
  const topics = [...new Set(runs.flatMap((r) => r.json.verdict.map((v) => v.topic)))];
  const order = ["collapse", "memorization", "dilation", "accuracy", "calibration", "trouble"];
  topics.sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const rows = runs.map((run) => element("tr", {},
    element("th", { scope: "row" }, sample(run.colour), " ", shortened(run.name),
      element("small", { class: "note" }, shortened(run.parametersThat((key) => state.data.differing.includes(key)), 200))),
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
