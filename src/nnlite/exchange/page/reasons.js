// "Why this number?": its inputs times its weights, the largest first, and their sum.

const MOST_TERMS = 10;

function reasonsOf(app) {
  const panel = element("aside", { className: "card why" });
  let [rows, shown] = [null, []];

  // While a weight is moved, the rows stay where they are, and only their numbers change.
  function draw(keepsOrder = false) {
    const { selected } = app;
    panel.classList.toggle("open", selected !== null);
    if (selected === null) {
      panel.replaceChildren(element("h2", {}, say("why")), element("p", {}, say("invite")));
      return;
    }
    const { slot, index } = selected;
    if (slot < app.network.inputs) {
      const value = element("p", { className: "result" }, `x = ${written(app.flow.a[slot][index])}`);
      panel.replaceChildren(headOf(app, slot, index), value);
      return;
    }
    const why = reasons(app.network, app.flow, slot, index);
    const known = new Map(why.terms.map((term) => [`${term.k} ${term.i}`, term]));
    if (!keepsOrder || !shown.every((key) => known.has(key))) {
      rows = rowsOf(app, why, slot, index);
      shown = why.terms.slice(0, MOST_TERMS).map(({ k, i }) => `${k} ${i}`);
      panel.replaceChildren(headOf(app, slot, index), rows.element);
    }
    rows.fill(why, shown.map((key) => known.get(key)));
  }
  return { panel, draw };
}

function layerName(app, slot) {
  return app.told.inputs[slot]?.name ?? stepOf(app.network, slot).name;
}

function headOf(app, slot, index) {
  const close = () => select(app, null);
  return element("header", {},
    element("h2", {}, `${layerName(app, slot)} · ${titleOf(app, slot, index)}`),
    element("button", { onclick: close, title: say("close"), className: "close" }, "✕"));
}

// The rows of the sum, and `fill`, which writes numbers into them.
function rowsOf(app, { step, terms }, slot, index) {
  const shown = terms.slice(0, MOST_TERMS);
  const at = step.b && index % step.b.length;
  const joined = step.kind === "product";
  const before = (source) => step.of.length > 1 ? `${layerName(app, source)} · ` : "";
  const lines = shown.map(({ source, i, j }) => lineOf(app, step, {
    name: before(source) + titleOf(app, source, i), short: before(source) + titleOf(app, source, i, true),
    weight: j < 0 ? null : step.W.subarray(j, j + 1), press: () => select(app, source, i),
  }));
  lines.push(lineOf(app, step, { kind: "others", name: say("others", terms.length - shown.length) }));
  lines.push(lineOf(app, step, {
    kind: "bias", name: say(step.kind === "scale" ? "shift" : "bias"), weight: step.b?.subarray(at, at + 1),
  }));
  lines.push(lineOf(app, step, { kind: "sum", name: say(joined ? "product" : "sum") }));
  const look = terms.length ? lookOf(app, terms[0].source) : [1];
  const from = look.length === 1 ? "from" : look[2] > 1 ? "fromMap" : "fromPixel";
  const heads = [say(from), "x", "× w", "", "x·w"].map((word) => element("span", {}, word));
  const result = element("p", { className: "result" });
  const pictures = element("div", { className: "patches" });
  const whole = element("div", {},
    element("p", { className: "formula" }, say(`kind_${step.kind}` in WORDS ? `kind_${step.kind}` : "kind_sum")),
    pictures, element("div", { className: "term heads" }, ...heads), ...lines.map(({ row }) => row),
    result, switchOf(app, slot, index));

  function fill(why, top) {
    const added = (some) => some.reduce((sum, { part }) => sum + part, 0);
    const most = Math.max(largest(top.map(({ part }) => part)), Math.abs(why.bias), 1e-30);
    const numbers = top.map(({ x, w, part }) => [x, joined ? null : w, joined ? x : part]);
    numbers.push([null, null, added(why.terms) - added(top)]);
    numbers.push([null, step.b ? why.bias : null, why.bias], [null, null, why.z]);
    lines.forEach((line, place) => line.fill(...numbers[place], most));
    lines.at(-3).row.hidden = why.terms.length <= top.length;
    lines.at(-2).row.hidden = why.bias === 0 && !step.b;
    const [g, z, a] = [step.activation.name, written(why.z), written(why.a)];
    const said = g === "linear" ? `a = z = ${a}` : `a = ${g}(${z}) = ${a}`;
    result.textContent = app.network.off[slot].has(index) ? say("isOff") : said;
    drawPatches(app, why, pictures);
  }
  return { element: whole, fill };
}

// One line: x, the weight with a slider if it can be changed, their product, and its bar.
function lineOf(app, step, { kind = "", name, short = name, weight, press }) {
  const [x, shown, part, bar] = ["x", "w", "part", "bar"].map((className) => element("span", { className }));
  const reach = weight ? 1.5 * largest(step.W || weight) || 1 : 1;
  const slider = weight && sliderOf(say("weight", name), -reach, reach, (moved) => {
    weight[0] = moved;
    app.touched = true;
    recompute(app, true);
  });
  const label = element(press ? "button" : "span", { className: "name", title: name }, short);
  if (press) label.addEventListener("click", press);
  const row = element("div", { className: `term ${kind}` }, label, x, shown, slider || element("span"), part, bar);

  function fill(input, w, product, most) {
    x.textContent = input === null ? "" : written(input);
    shown.textContent = w === null ? "" : `${input === null ? "" : "× "}${written(w)}`;
    if (slider && document.activeElement !== slider) slider.value = w;
    part.textContent = written(product);
    drawBar(bar, product, most);
  }
  return { row, fill };
}

// The button that switches a neuron off, or a whole map.
function switchOf(app, slot, index) {
  const off = app.network.off[slot];
  const shape = app.network.shapes[slot];
  const maps = shape.length === 3 ? shape[2] : count(shape);
  const members = Array.from({ length: count(shape) / maps }, (_, k) => (index % maps) + k * maps);
  const toggle = () => {
    const now = off.has(index);
    members.forEach((member) => (now ? off.delete(member) : off.add(member)));
    app.touched = true;
    recompute(app);
  };
  const word = off.has(index) ? "on" : members.length > 1 ? "offMap" : "off";
  return element("button", { onclick: toggle, className: "switch" }, say(word));
}

// Where the inputs are an image, or maps: x, w and x·w as pictures of the part that is looked at;
// of several maps, those of the one that weighs most, and the sum over all.
function drawPatches(app, why, target) {
  target.replaceChildren();
  const look = lookOf(app, why.terms[0]?.source ?? 0);
  const sources = new Set(why.terms.map((term) => term.source));
  if (sources.size !== 1 || look.length !== 3 || why.terms.length < 4) return;
  const places = why.terms.map(({ i }) => Math.floor(i / look[2]));
  const [rows, columns] = [places.map((p) => Math.floor(p / look[1])), places.map((p) => p % look[1])];
  const [top, left] = [Math.min(...rows), Math.min(...columns)];
  const [high, wide] = [Math.max(...rows) - top + 1, Math.max(...columns) - left + 1];
  if (high * wide < 4) return;
  const weight = new Float64Array(look[2]);
  why.terms.forEach(({ i, part }) => (weight[i % look[2]] += part));
  const most = largest(weight);
  const map = weight.findIndex((value) => Math.abs(value) === most);
  const several = new Set(why.terms.map(({ i }) => i % look[2])).size > 1;
  const of = several ? say("ofMap", map + 1) : "";
  const kinds = [["x", `x${of}`], ["w", `w${of}`], ["part", `x·w${of}`]];
  for (const [kind, title] of several ? [...kinds, ["part", say("allMaps")]] : kinds) {
    const numbers = new Float64Array(high * wide);
    why.terms.forEach((term, k) => {
      if (term.i % look[2] !== map && title !== say("allMaps")) return;
      numbers[(rows[k] - top) * wide + columns[k] - left] += term[kind];
    });
    target.append(patchOf(numbers, high, wide, title, several ? 78 : 108));
  }
}

function patchOf(numbers, high, wide, title, side) {
  const cell = side / Math.max(high, wide);
  const layout = { rows: high, columns: wide, tiles: 1, cell, each: 1, channels: 1 };
  const canvas = painted(layout, numbers, wide * cell, high * cell);
  return element("figure", {}, canvas, element("figcaption", {}, title));
}
