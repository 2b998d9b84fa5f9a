"use strict";

/* The page's data: decoding, and what is asked of it. */

function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes.buffer;
}

/* Moments: steps from a first, or each by itself. */
function moments(json) {
  if (typeof json === "string") return Array.from(new Float64Array(bytesOf(json)));
  return d3.range(json.count).map((i) => json.from + i * json.step);
}

/* Undefined values are null, which is what the charts leave a gap for. */
function float32s(base64) {
  const values = new Float32Array(bytesOf(base64));
  const list = new Array(values.length);
  for (let i = 0; i < values.length; i++) list[i] = Number.isNaN(values[i]) ? null : values[i];
  return list;
}

/* The value of a line at a place between its ends, on the straight line between its neighbours. */
function valueBetween({ x, y }, place) {
  const i = d3.bisectLeft(x, place);
  if (x[i] === place) return y[i];
  if (i === 0 || i === x.length) return null;
  return y[i - 1] + ((place - x[i - 1]) / (x[i] - x[i - 1])) * (y[i] - y[i - 1]);
}

class Series {
  constructor(json, run) {
    this.json = json;
    this.run = run;
    this.split = json.split;
    this.layer = json.layer;
    this.values = json.values ?? {};
    this.indices = run.page.indices;
    this.decoded = new Map();
  }

  get x() {
    return (this.decodedX ??= moments(this.json.x));
  }

  /* The iterations beside x, where x are epochs. */
  get iterations() {
    return (this.decodedIterations ??= this.json.iterations ? moments(this.json.iterations) : null);
  }

  /* The moments as places on an axis, null where they have none. */
  places(axis) {
    if (axis === "time") return (this.times ??= this.run.timesAt(this.x));
    return axis === "iteration" && this.iterations ? this.iterations : this.x;
  }

  /* Where a metric is defined, and its values there. */
  defined(key, axis) {
    const column = this.column(key);
    const x = this.places(axis);
    const at = d3.range(x.length).filter((i) => column[i] !== null && x[i] !== null);
    return { x: at.map((i) => x[i]), y: at.map((i) => column[i]) };
  }

  has(key) {
    return Object.hasOwn(this.values, this.indices.get(key));
  }

  get keys() {
    return Object.keys(this.values).map((index) => this.run.page.json.metrics[index].key);
  }

  /* The values of a metric beside x, null where undefined. */
  column(key) {
    if (!this.decoded.has(key)) {
      const value = this.values[this.indices.get(key)];
      this.decoded.set(key, typeof value === "number" ? new Array(this.x.length).fill(value)
        : typeof value === "string" ? float32s(value) : this.spread(value));
    }
    return this.decoded.get(key);
  }

  /* A thinned column, with null where a value was left out. */
  spread({ at, values }) {
    const column = new Array(this.x.length).fill(null);
    const kept = float32s(values);
    new Int32Array(bytesOf(at)).forEach((place, i) => (column[place] = kept[i]));
    return column;
  }

  /* The last defined value up to a moment. */
  valueAt(key, moment) {
    if (!this.has(key)) return null;
    const column = this.column(key);
    for (let i = this.x.length - 1; i >= 0; i--) {
      if (this.x[i] <= moment && column[i] !== null) return column[i];
    }
    return null;
  }

  /* What is known of the classes at the last moment up to one: {x, count, values, pairs}. */
  classesAt(moment) {
    const json = this.json.classes;
    if (!json) return null;
    this.classes ??= {
      x: moments(json.x),
      values: Object.fromEntries(
        Object.entries(json.values).map(([key, base64]) => [key, float32s(base64)])),
    };
    const row = lastUpTo(this.classes.x, moment);
    const values = {};
    for (const [key, table] of Object.entries(this.classes.values)) {
      values[key] = table.slice(row * json.count, (row + 1) * json.count);
    }
    return { x: this.classes.x[row], count: json.count, values, pairs: json.pairs[row] };
  }

  /* Lowest and highest value of a metric over classes and moments. */
  classRange(key) {
    this.classesAt(Infinity);
    const defined = this.classes.values[key].filter((v) => v !== null);
    return d3.extent(defined);
  }

  get planes() {
    return this.json.planes ?? [];
  }

  planeAt(moment) {
    const { planes } = this;
    return planes.length === 0 ? null : planes[lastUpTo(planes.map((p) => p.x), moment)];
  }
}

/* The index of the last element up to a bound, the first if there is none. */
function lastUpTo(rising, bound) {
  let index = 0;
  for (let i = 0; i < rising.length; i++) if (rising[i] !== null && rising[i] <= bound) index = i;
  return index;
}

class Run {
  constructor(json, index, page) {
    this.json = { ...json, parameters: { ...json.parameters, ...page.json.parameters } };
    this.index = index;
    this.page = page;
    this.name = json.name;
    this.series = json.series.map((s) => new Series(s, this));
    this.training = this.series[json.training] ?? null;
    this.heldOut = this.series[json.heldOut] ?? null;
    const names = this.json.parameters["class.names"];
    this.classNames = names ? names.split(",") : [];
    this.parameters = this.parametersThat(() => true);
    this.last = d3.max(this.series, (s) => s.x[s.x.length - 1]);
  }

  /* Moments and seconds of training, or null. */
  get times() {
    const { times } = this.json;
    return times && (this.decodedTimes ??= { x: moments(times.x), y: float32s(times.seconds) });
  }

  get seconds() {
    return this.times ? this.times.y[this.times.y.length - 1] : 0;
  }

  /* In the page's unit. */
  timesAt(places) {
    const { seconds } = state.data.timeUnit;
    return places.map((moment) => {
      const time = this.times && valueBetween(this.times, moment);
      return time === null ? null : time / seconds;
    });
  }

  parametersThat(interest) {
    return Object.entries(this.json.parameters)
      .filter(([key, value]) => key !== "class.names" && interest(key, value))
      .map(([key, value]) => key + " " + value)
      .join(", ");
  }

  get tellsOfExamples() {
    return this.json.suspects.length > 0 || this.series.some((s) => s.planes.length > 0);
  }

  className(c) {
    return this.classNames[c] ?? `class ${c}`;
  }

  /* The series a metric is looked for in: of a role, or of any role that has it. */
  seriesFor(role, key) {
    const wanted = role === "training" ? this.training : role === "heldOut" ? this.heldOut : null;
    if (wanted && wanted.has(key)) return wanted;
    return role === "any" ? this.series.find((s) => s.has(key)) ?? null : null;
  }

  /* The first series that has a metric, held-out data first. */
  seriesWith(key) {
    return [this.heldOut, this.training, ...this.series].find((s) => s && s.has(key)) ?? null;
  }

  valueAt(key, moment) {
    return this.seriesWith(key)?.valueAt(key, moment) ?? null;
  }

  /* The defined values of a metric over all moments. */
  columnOf(key) {
    return this.seriesWith(key)?.column(key).filter((v) => v !== null) ?? [];
  }
}

const TIME_UNITS = [
  { name: "s", seconds: 1 }, { name: "min", seconds: 60 }, { name: "h", seconds: 3600 }, { name: "d", seconds: 86_400 }];

class PageData {
  constructor(json) {
    this.json = json;
    this.axis = json.axis;
    this.metrics = new Map(json.metrics.map((m) => [m.key, m]));
    this.indices = new Map(json.metrics.map((m, index) => [m.key, index]));
    this.runs = json.runs.map((run, index) => new Run(run, index, this));
    const all = this.runs.flatMap((r) => r.series);
    this.first = d3.min(all, (s) => s.x[0]);
    this.last = d3.max(all, (s) => s.x[s.x.length - 1]);
    this.hasIterations = all.length > 0 && all.every((s) => s.json.iterations);
    this.hasTimes = this.runs.some((run) => run.times);
    this.timeUnit = TIME_UNITS.findLast((unit) => d3.max(this.runs, (run) => run.seconds) >= 2 * unit.seconds) ?? TIME_UNITS[0];
    this.differing = this.differingParameters();
    const groups = new Map();
    for (const run of this.runs) {
      if (!groups.has(run.json.group)) groups.set(run.json.group, []);
      groups.get(run.json.group).push(run);
    }
    this.groups = [...groups.values()];
    this.hasSeeds = this.groups.some((g) => g.length > 1);
  }

  /* The parameters that tell these runs apart: they have a dozen in common. */
  differingParameters() {
    const keys = [...new Set(this.runs.flatMap((run) => Object.keys(run.json.parameters)))];
    return keys.filter((key) => key !== "class.names"
      && new Set(this.runs.map((run) => run.json.parameters[key])).size > 1);
  }

  /* Moments are on the page's own axis; these are their places on another, and back, as of one run. */
  placeOf(moment, axis, run = this.longest) {
    return axis === this.axis ? moment : translated(moment, run, (s) => s.x, (s) => s.places(axis));
  }

  momentOf(place, axis, run = this.longest) {
    return axis === this.axis ? place : translated(place, run, (s) => s.places(axis), (s) => s.x);
  }

  get longest() {
    return d3.greatest(this.runs, (run) => d3.max(run.series, (s) => s.x.length));
  }

  isMeasured(role, key) {
    return this.runs.some((r) => r.seriesFor(role, key));
  }

  get measuredKeys() {
    const keys = new Set(this.runs.flatMap((r) => r.series.flatMap((s) => s.keys)));
    return [...this.metrics.keys()].filter((key) => keys.has(key));
  }
}

function translated(value, run, from, to) {
  const longest = d3.greatest(run.series, (s) => s.x.length);
  return to(longest)[lastUpTo(from(longest), value)];
}
