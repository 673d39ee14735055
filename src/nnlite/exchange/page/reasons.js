// "Why this number?": its inputs times its weights, the largest first, and their sum.

const MOST_TERMS = 10;

function reasonsOf(app) {
  const panel = element("aside", { className: "card why" });
  let rows = null;
  let shown = null;

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
    if (!keepsOrder) {
      rows = rowsOf(app, why, slot, index);
      shown = why.terms.slice(0, MOST_TERMS).map(({ source, i }) => `${source} ${i}`);
      panel.replaceChildren(headOf(app, slot, index), rows.element);
    }
    rows.fill(why, shown);
  }
  return { panel, draw };
}

function headOf(app, slot, index) {
  const input = slot < app.network.inputs;
  const name = input ? say("input") : stepOf(app.network, slot).name;
  const close = () => select(app, null);
  return element("header", {},
    element("h2", {}, `${name} · ${titleOf(app, slot, index)}`),
    element("button", { onclick: close, title: say("close"), className: "close" }, "✕"));
}

// The rows of the sum, and `fill`, which writes numbers into them.
function rowsOf(app, { step, terms }, slot, index) {
  const heads = [headingOf(app, terms), "x", "× w", "", "x·w"].map((word) => element("span", {}, word));
  const table = element("div", { className: "terms" }, element("div", { className: "term heads" }, ...heads));
  const lines = terms.slice(0, MOST_TERMS).map((term) => {
    const name = titleOf(app, term.source, term.i);
    const line = lineOf(app, step, name, term.j < 0 ? null : step.W.subarray(term.j, term.j + 1));
    const from = element("button", { className: "name", title: name }, titleOf(app, term.source, term.i, true));
    from.addEventListener("click", () => select(app, term.source, term.i));
    table.append(element("div", { className: "term" }, from, line.x, ...line.weights, line.part, line.bar));
    return line;
  });
  const summary = ["others", "bias", "sum"].map((kind) => {
    const own = kind === "bias" && step.b;
    const at = own ? index % step.b.length : 0;
    const line = lineOf(app, step, say("bias"), own ? step.b.subarray(at, at + 1) : null);
    line.name = element("span", { className: "name" });
    line.row = element("div", { className: `term ${kind}` },
      line.name, line.x, ...line.weights, line.part, line.bar);
    table.append(line.row);
    return line;
  });
  const result = element("p", { className: "result" });
  const pictures = element("div", { className: "patches" });
  const formula = say(`kind_${WORDS[`kind_${step.kind}`] ? step.kind : "sum"}`);
  const whole = element("div", {},
    element("p", { className: "formula" }, formula), pictures, table, result, switchOf(app, slot, index));

  function fill(why, shown) {
    const known = new Map(why.terms.map((term) => [`${term.source} ${term.i}`, term]));
    const top = shown.map((key) => known.get(key)).filter(Boolean);
    const rest = why.terms.length - top.length;
    const others = why.terms.reduce((all, term) => all + term.part, 0)
      - top.reduce((all, term) => all + term.part, 0);
    const joined = step.kind === "product";
    const most = Math.max(largest(top.map((term) => term.part)), Math.abs(why.bias), 1e-30);
    top.forEach((term, place) => lines[place].fill(term.x, term.w, joined ? term.x : term.part, most));
    summary[0].name.textContent = say("others", rest);
    summary[0].row.hidden = rest <= 0;
    summary[0].fill(null, null, others, most);
    summary[1].name.textContent = say(step.kind === "scale" ? "shift" : "bias");
    summary[1].row.hidden = why.bias === 0 && !step.b;
    summary[1].fill(null, step.b ? why.bias : null, why.bias, most);
    summary[2].name.textContent = say(joined ? "product" : "sum");
    summary[2].fill(null, null, why.z, Infinity);
    const g = step.activation.name;
    const a = written(why.a);
    result.textContent = app.network.off[slot].has(index)
      ? say("isOff")
      : g === "linear" ? `a = z = ${a}` : `a = ${g}(${written(why.z)}) = ${a}`;
    drawPatches(app, why, pictures);
  }
  return { element: whole, fill };
}

// One line: x, the weight with a slider if it can be changed, their product, and its bar.
function lineOf(app, step, name, weight) {
  const [x, part] = [element("span", { className: "x" }), element("span", { className: "part" })];
  const bar = element("span", { className: "bar" });
  const reach = weight ? 1.5 * largest(step.W || weight) || 1 : 1;
  const slider = element("input", { type: "range", min: -reach, max: reach, step: "any" });
  slider.setAttribute("aria-label", say("weight", name));
  const shown = element("span", { className: "w" });
  slider.addEventListener("input", () => {
    weight[0] = Number(slider.value);
    app.touched = true;
    recompute(app, true);
  });
  const weights = weight ? [shown, slider] : [shown, element("span")];
  return {
    x, part, bar, weights,
    fill(input, w, product, most) {
      x.textContent = input === null ? "" : written(input);
      shown.textContent = w === null ? "" : `${input === null ? "" : "× "}${written(w)}`;
      if (weight && document.activeElement !== slider) slider.value = w;
      part.textContent = written(product);
      drawBar(bar, product, most);
    },
  };
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

// Return what the names of the terms are: of neurons, of pixels, or of pixels of maps.
function headingOf(app, terms) {
  if (terms.length === 0) return "";
  const look = lookOf(app, terms[0].source);
  return look.length === 1 ? say("from") : look[2] > 1 ? say("fromMap") : say("fromPixel");
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
  const canvas = element("canvas");
  const context = sharp(canvas, wide * cell, high * cell);
  const most = largest(numbers) || 1;
  const layout = { rows: high, columns: wide, tiles: 1, cell, each: 1, channels: 1 };
  paint(context, layout, numbers, (value) => signed(value / most));
  return element("figure", {}, canvas, element("figcaption", {}, title));
}
