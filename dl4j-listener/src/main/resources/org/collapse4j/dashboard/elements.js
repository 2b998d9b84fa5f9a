/* Elements of the page. Whatever comes from a log is only ever a text node. */

function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

function drawn(tag, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const COLOURS = 8;
const DASH_NAMES = ["", ", dashed", ", dotted"];

const colourIndex = (index) => index % COLOURS;
const dashIndex = (index) => Math.floor(index / COLOURS) % DASH_NAMES.length;
const lineClass = (index) => `line c${colourIndex(index)} d${dashIndex(index)}`;

function sample(index) {
  return drawn("svg", { class: "sample", width: 24, height: 8, "aria-hidden": "true" },
    drawn("path", { class: lineClass(index), d: "M0 4H24" }));
}

/* Names come from logs, of any length; what is cut out of the middle is said by the dots. */
const LONGEST_NAME = 60;
const LONGEST_HINT = 400;

function shortened(name, most = LONGEST_NAME) {
  if (name.length <= most) return name;
  const tail = Math.floor(most / 3);
  return name.slice(0, most - tail - 1) + "\u2026" + name.slice(-tail);
}

const hint = (text) => shortened(text, LONGEST_HINT);

function number(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e7) return String(value);
  if (size < 1e-3 || size >= 1e6) return value.toExponential(1).replace("e+", "e");
  return String(Number(value.toPrecision(size < 1 ? 3 : 4)));
}

/* A format for the numbers of one column, all with the same decimals: so many digits of the smallest
   tenth's value, or powers of ten where a column spans too much for that. */
function columnFormat(values, digits = 3) {
  const sizes = values.filter((v) => v !== null && v !== undefined && v !== 0).map(Math.abs);
  const defined = (format) => (v) => (v === null || v === undefined ? "" : format(v));
  if (values.every((v) => v === null || v === undefined || Number.isInteger(v))) return defined(String);
  const low = d3.quantile(sizes, 0.1), high = d3.max(sizes);
  if (low < 1e-4 || high >= 1e6) return defined((v) => v.toExponential(2).replace("e+", "e"));
  const decimals = Math.min(5, Math.max(0, digits - 1 - Math.floor(Math.log10(low))));
  return defined((v) => v.toFixed(decimals));
}

function options(select, entries, chosen) {
  select.replaceChildren(
    ...entries.map(([value, text]) =>
      element("option", { value, selected: value === chosen }, shortened(text))));
  select.value = chosen;
}

const isWords = (cell) => cell instanceof Element && cell.classList.contains("words");

/* A table whose columns of numbers have the same decimals throughout. */
function table(caption, head, rows) {
  const formats = head.map((_, c) =>
    columnFormat(rows.map((row) => row[c]).filter((cell) => typeof cell === "number")));
  const cell = (content, c) => {
    if (content instanceof Node && content.nodeName === "TD") return content;
    return element("td", {}, typeof content === "number" ? formats[c](content) : content);
  };
  return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": hint(caption) },
    element("table", {},
      element("caption", {}, shortened(caption, 120)),
      element("thead", {}, element("tr", {}, ...head.map((title, c) =>
        element("th", { scope: "col", title: hint(title), class: isWords(rows[0]?.[c]) ? "words" : null }, shortened(title))))),
      element("tbody", {}, ...rows.map(([first, ...others]) =>
        element("tr", {},
          element("th", { scope: "row" }, typeof first === "number" ? formats[0](first) : first),
          ...others.map((other, i) => cell(other, i + 1)))))));
}

const words = (text) => element("td", { class: "words" }, shortened(text, 120));

/* A section with its heading; content is appended to what is returned. */
function section(id, title, lead) {
  return element("section", { id, "aria-labelledby": id + "-title" },
    element("header", {},
      element("h2", { id: id + "-title", tabindex: -1 }, title),
      lead ? element("p", {}, lead) : null));
}

/* A button that shows what it holds beneath it; Escape and a click elsewhere close it. */
function menu(id, title, ...content) {
  const node = element("details", { class: "menu", id },
    element("summary", {}, title), element("div", { class: "card" }, ...content));
  node.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && node.open) {
      node.open = false;
      node.querySelector("summary").focus();
    }
  });
  return node;
}

document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.menu[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

/* How wide a drawing in a place is to be, so that its text has the size of the page's. */
const widthOf = (place, least = 220) => Math.max(least, Math.round(place.clientWidth) || 600);
