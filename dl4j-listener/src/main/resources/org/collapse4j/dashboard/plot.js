/* Drawing with two axes, by D3, as SVG. Colours are the style sheet's, so that dark, light and
   print need no redrawing. */

/* What is below this is the rounding of sums in float64: on a logarithmic axis it is drawn as zero. */
const ZERO = 1e-12;
const ZERO_BAND = 16;
const DIGIT_WIDTH = 6.7;

/* Bounds of an axis around values; with a nearby value that is to be seen too. */
function bounds(values, { log = false, near = null, fromZero = false } = {}) {
  const shown = log ? values.filter((v) => v > ZERO) : values;
  let [low, high] = d3.extent(shown);
  if (low === undefined) return log ? [1e-3, 1] : [0, 1];
  if (log) return low === high ? [low / 2, high * 2] : [low, high];
  const span = high - low || Math.abs(high) || 1;
  if (near !== null && near > low - span && near < high + span) {
    low = Math.min(low, near);
    high = Math.max(high, near);
  }
  if (fromZero) low = Math.min(0, low);
  const margin = (high - low || span) * 0.06;
  return [low >= 0 ? Math.max(0, low - margin) : low - margin, high + margin];
}

function logTicks([low, high], most) {
  const from = Math.ceil(Math.log10(low) - 1e-9), to = Math.floor(Math.log10(high) + 1e-9);
  const powers = d3.range(from, to + 1);
  if (powers.length >= 3) {
    const stride = Math.ceil(powers.length / most);
    return powers.filter((p) => p % stride === 0).map((p) => Number(`1e${p}`));
  }
  const between = [[1, 2, 5], [1, 3], [1]].map((steps) => d3.range(from - 1, to + 1)
    .flatMap((p) => steps.map((m) => Number(`${m}e${p}`))).filter((v) => v >= low && v <= high))
    .find((values) => values.length <= 2 * most) ?? [];
  return between.length >= 2 ? between : d3.ticks(low, high, most);
}

const tickText = (v) =>
  v !== 0 && (Math.abs(v) < 1e-3 || Math.abs(v) >= 1e5) ? v.toExponential().replace("e+", "e") : String(v);

const canvas = document.createElement("canvas").getContext("2d");

/* As much of a text as a number of pixels hold. */
function fitting(text, pixels) {
  canvas.font = "12px system-ui, sans-serif";
  if (canvas.measureText(text).width <= pixels) return text;
  let length = Math.min(text.length, 300);
  while (length > 1 && canvas.measureText(text.slice(0, length) + "\u2026").width > pixels) length--;
  return text.slice(0, length) + "\u2026";
}

/* An SVG with its axes. x(v) and y(v) are places on it.
   x and y: {low, high, label, log, zeros, integers, unit}, the unit of what has no label; equal: a unit is as long on both axes. */
class Frame {
  constructor({ width, height, x, y, equal = false, small = false, label }) {
    const ticks = Math.max(2, Math.floor(height / (small ? 44 : 46)));
    this.width = width;
    this.height = height;
    this.top = small ? 8 : 24;
    this.bottom = height - (small ? 18 : 34);
    this.right = width - 14;
    this.yAxis = this.axisOf(y, ticks);
    const longest = d3.max(this.yAxis.texts, (text) => text.length) ?? 1;
    this.left = Math.max(30, Math.ceil(longest * DIGIT_WIDTH) + 12);
    this.xAxis = this.axisOf(x, Math.max(2, Math.floor((this.right - this.left) / 70)));
    if (equal) this.equalise();
    this.x = this.xAxis.scale.range([this.left, this.right]);
    const floor = y.log && y.zeros ? this.bottom - ZERO_BAND : this.bottom;
    const above = this.yAxis.scale.range([floor, this.top]);
    this.y = y.log ? (v) => (v <= ZERO ? this.bottom : above(v)) : above;
    this.svg = drawn("svg", {
      class: "drawing", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": hint(label ?? "") });
    this.drawAxes(x, y, small);
    this.area = drawn("g", {});
    this.svg.append(this.area);
  }

  axisOf({ low, high, log = false, integers = false, unit = "" }, count) {
    const scale = (log ? d3.scaleLog() : d3.scaleLinear()).domain([low, high]);
    const values = log ? logTicks([low, high], count)
      : scale.ticks(count).filter((v) => !integers || Number.isInteger(v));
    const decimals = scale.tickFormat(count);
    const large = Math.max(Math.abs(low), Math.abs(high)) >= 1e5;
    const texts = values.map((v) => (log ? tickText(v) : large ? d3.format("~s")(v) : integers ? String(v) : decimals(v).replaceAll(",", "")));
    if (unit && texts.length > 0) texts[texts.length - 1] += " " + unit;
    return { scale, values, texts, count, log, integers };
  }

  /* Widens the axis that has the fewer units to a pixel... to as many as the other. */
  equalise() {
    const across = this.right - this.left, upwards = this.bottom - this.top;
    const unit = Math.max(span(this.xAxis.scale) / across, span(this.yAxis.scale) / upwards);
    const widened = (axis, pixels) => {
      const [low, high] = axis.scale.domain();
      const more = (unit * pixels - (high - low)) / 2;
      return this.axisOf({ low: low - more, high: high + more }, axis.count);
    };
    this.xAxis = widened(this.xAxis, across);
    this.yAxis = widened(this.yAxis, upwards);
  }

  drawAxes(x, y, small) {
    const group = (axis, name, move) => {
      const g = drawn("g", { class: `axis ${name}`, transform: `translate(${move})` });
      d3.select(g).call(axis);
      this.svg.append(g);
      return g;
    };
    const textOf = ({ values, texts }) => (v) => texts[values.indexOf(v)];
    group(d3.axisBottom(this.x).tickValues(this.xAxis.values).tickFormat(textOf(this.xAxis))
      .tickSize(small ? 3 : this.top - this.bottom).tickPadding(6), "across", `0 ${this.bottom}`);
    const upwards = group(d3.axisLeft(this.yAxis.scale).tickValues(this.yAxis.values).tickFormat(textOf(this.yAxis))
      .tickSize(this.left - this.right).tickPadding(6), "upwards", `${this.left} 0`);
    if (y.log && y.zeros) {
      upwards.append(drawn("g", { class: "tick zero", transform: `translate(0 ${this.bottom})` },
        drawn("line", { x2: this.right - this.left }),
        drawn("text", { x: -6, dy: "0.32em" }, "0")));
    }
    const across = this.right - this.left;
    if (y.label) {
      this.svg.append(drawn("text", { class: "title", x: 2, y: 12 },
        fitting("\u2191 " + y.label, this.width - 4), drawn("title", {}, hint(y.label))));
    }
    if (x.label) {
      this.svg.append(drawn("text", { class: "title end", x: this.right, y: this.height - 2 },
        fitting(x.label + " \u2192", across), drawn("title", {}, hint(x.label))));
    }
  }

  get domain() {
    const [x0, x1] = this.xAxis.scale.domain(), [y0, y1] = this.yAxis.scale.domain();
    return { x0, x1, y0, y1 };
  }

  inside(x, y) {
    const { x0, x1 } = this.domain;
    return x >= x0 && x <= x1 && y !== null;
  }

  /* A path through points [[x, y], ...], with only the extremes of those that share a pixel. */
  line(points, attributes) {
    const path = drawn("path", { ...attributes,
      d: d3.line(([x]) => this.x(x), ([, y]) => this.y(y)).digits(1)(this.thinned(points)) });
    this.area.append(path);
    return path;
  }

  /* Several such paths as one; a point alone is a dot. */
  lines(list, attributes) {
    const shape = d3.line(([x]) => this.x(x), ([, y]) => this.y(y)).digits(1);
    const d = list.filter((points) => points.length > 0)
      .map((points) => shape(this.thinned(points)) + (points.length === 1 ? "h0" : "")).join("");
    this.area.append(drawn("path", { ...attributes, d, "stroke-linecap": "round" }));
  }

  band(points, attributes) {
    const path = drawn("path", { ...attributes, d: d3.area(([x]) => this.x(x), ([, low]) => this.y(low),
      ([, , high]) => this.y(high)).digits(1)(points) });
    this.area.append(path);
    return path;
  }

  thinned(points) {
    if (points.length <= 3 * this.width) return points;
    const kept = [];
    for (const [, bucket] of d3.group(points, ([x]) => Math.round(this.x(x)))) {
      const ends = [bucket[0], bucket[bucket.length - 1],
        d3.least(bucket, ([, y]) => y), d3.greatest(bucket, ([, y]) => y)];
      kept.push(...new Set(bucket.filter((point) => ends.includes(point))));
    }
    return kept;
  }

  rule({ x = null, y = null }, name) {
    const at = x === null
      ? { x1: this.left, x2: this.right, y1: this.y(y), y2: this.y(y) }
      : { x1: this.x(x), x2: this.x(x), y1: this.top, y2: this.bottom };
    const node = drawn("line", { class: name, ...at });
    this.area.append(node);
    return node;
  }
}

function span(scale) {
  const [low, high] = scale.domain();
  return high - low;
}

/* What of an element's look the style sheet gives it, to be taken along in a file. */
const LOOK = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "opacity",
  "font-size", "font-family", "font-weight", "text-anchor", "paint-order"];
const LEGEND_ROW = 18;
const LEGEND_ROWS = 24;

/* A drawing as text of SVG that needs no style sheet, with a title above and its legend below. */
function standaloneSvg(svg, title, legend) {
  const { width, height } = svg.viewBox.baseVal;
  const rows = legend.slice(0, LEGEND_ROWS);
  const copy = svg.cloneNode(true);
  const whole = drawn("svg", {
    xmlns: "http://www.w3.org/2000/svg", width, height: height + 30 + rows.length * LEGEND_ROW,
    viewBox: `0 -24 ${width} ${height + 30 + rows.length * LEGEND_ROW}`, class: "drawing" });
  whole.append(drawn("rect", { class: "paper", x: 0, y: -24, width: "100%", height: "100%" }),
    drawn("text", { class: "strong", x: 2, y: -8 }, fitting(title, width - 4)), ...copy.childNodes);
  rows.forEach(({ colour, label }, i) => whole.append(
    drawn("path", { class: lineClass(colour), d: `M4 ${height + 10 + i * LEGEND_ROW}h24` }),
    drawn("text", { x: 34, y: height + 14 + i * LEGEND_ROW }, fitting(label, width - 40))));
  const place = element("div", { class: "unseen" }, whole);
  document.body.append(place);
  for (const node of [whole, ...whole.querySelectorAll("*")]) {
    const look = getComputedStyle(node);
    for (const name of LOOK) node.setAttribute(name, look.getPropertyValue(name));
    node.removeAttribute("class");
  }
  place.remove();
  return new XMLSerializer().serializeToString(whole);
}

function save(name, blob) {
  const address = URL.createObjectURL(blob);
  element("a", { href: address, download: name.replace(/[^\w.-]+/g, "-") }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function saveSvg(name, text) {
  save(name + ".svg", new Blob([text], { type: "image/svg+xml" }));
}

/* At twice the size of the screen, for print. */
async function savePng(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  const picture = new Image();
  picture.src = address;
  await picture.decode();
  const canvas = element("canvas", { width: 2 * picture.width, height: 2 * picture.height });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(address);
  canvas.toBlob((blob) => save(name + ".png", blob));
}

/* Text that begins a formula in a spreadsheet is quoted so that it stays text. */
function csvField(value) {
  const text = value === null || value === undefined ? "" : String(value);
  const inert = typeof value === "string" && /^[=+\-@]/.test(text) ? "'" + text : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

function saveCsv(name, rows) {
  const text = rows.map((row) => row.map(csvField).join(",") + "\n").join("");
  save(name + ".csv", new Blob([text], { type: "text/csv" }));
}
