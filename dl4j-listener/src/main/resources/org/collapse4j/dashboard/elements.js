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
const DASHES = [[], [7, 4], [2, 3]];
const DASH_NAMES = ["", ", dashed", ", dotted"];

const colourIndex = (index) => index % COLOURS;
const dashIndex = (index) => Math.floor(index / COLOURS) % DASHES.length;
const lineClass = (index) => `line c${colourIndex(index)} d${dashIndex(index)}`;

function styleValue(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function sample(index) {
  return drawn("svg", { class: "sample", width: 24, height: 8, "aria-hidden": "true" },
    drawn("path", { class: lineClass(index), d: "M0 4H24" }));
}

function number(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e7) return String(value);
  if (size < 1e-3 || size >= 1e6) return value.toExponential(1).replace("e+", "e");
  return String(Number(value.toPrecision(size < 1 ? 3 : 4)));
}

function options(select, entries, chosen) {
  select.replaceChildren(
    ...entries.map(([value, text]) =>
      element("option", { value, selected: value === chosen }, text)));
  select.value = chosen;
}

function table(caption, head, rows) {
  return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    element("table", {},
      element("caption", {}, caption),
      element("thead", {}, element("tr", {}, ...head.map((h, i) => element("th", {
        scope: "col", class: rows[0]?.[i] instanceof Element && rows[0][i].classList.contains("words") ? "words" : null }, h)))),
      element("tbody", {}, ...rows.map(([first, ...others]) =>
        element("tr", {},
          element("th", { scope: "row" }, first),
          ...others.map((o) => o instanceof Node && o.nodeName === "TD" ? o : element("td", {}, o)))))));
}

/* A section with its heading; content is appended to what is returned. */
function section(id, title, lead) {
  return element("section", { id, "aria-labelledby": id + "-title" },
    element("header", {},
      element("h2", { id: id + "-title" }, title),
      lead ? element("p", {}, lead) : null));
}

/* Round values between two bounds. */
function ticks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((s) => s * power >= rough * 0.999) * power;
  const list = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) list.push(i * step);
  return list.map((t) => Number(t.toPrecision(12)));
}

/* How wide a drawing in a place is to be, so that its text has the size of the page's. */
const widthOf = (place) => Math.max(300, Math.round(place.clientWidth) || 900);

/* An SVG with two linear axes; x(v) and y(v) are places on it. */
function axes({ width, height, xs, ys, xLabel, yLabel, fromZero, label }) {
  const box = { left: 58, right: 18, top: 14, bottom: 44 };
  const bounds = (values) => {
    let low = lowest(values), high = highest(values);
    if (fromZero) low = Math.min(0, low);
    if (!(high > low)) { low -= 0.5; high += 0.5; }
    const margin = (high - low) * 0.06;
    return [fromZero && low === 0 ? 0 : low - margin, high + margin];
  };
  const [x0, x1] = bounds(xs), [y0, y1] = bounds(ys);
  const x = (v) => box.left + ((v - x0) / (x1 - x0)) * (width - box.left - box.right);
  const y = (v) => height - box.bottom - ((v - y0) / (y1 - y0)) * (height - box.top - box.bottom);
  const svg = drawn("svg", {
    class: "drawing", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  for (const t of ticks(x0, x1, width < 600 ? 4 : 8)) {
    svg.append(
      drawn("path", { class: "grid", d: `M${x(t)} ${box.top}V${height - box.bottom}` }),
      drawn("text", { x: x(t), y: height - box.bottom + 17, "text-anchor": "middle" }, number(t)));
  }
  for (const t of ticks(y0, y1, 5)) {
    svg.append(
      drawn("path", { class: "grid", d: `M${box.left} ${y(t)}H${width - box.right}` }),
      drawn("text", { x: box.left - 7, y: y(t) + 4, "text-anchor": "end" }, number(t)));
  }
  svg.append(
    drawn("path", { class: "axis", d: `M${box.left} ${box.top}V${height - box.bottom}H${width - box.right}` }),
    drawn("text", { x: (box.left + width - box.right) / 2, y: height - 7, "text-anchor": "middle" }, xLabel),
    drawn("text", {
      "text-anchor": "middle",
      transform: `translate(13 ${(box.top + height - box.bottom) / 2}) rotate(-90)` }, yLabel));
  return { svg, x, y, x0, x1, y0, y1 };
}
