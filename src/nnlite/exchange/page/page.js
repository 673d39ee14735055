// The page: its parts, and what happens when something changes.

function start(told) {
  const numbers = decoded(told.numbers);
  const network = networkOf(told, numbers);
  const samples = told.inputs.map(
    (one) => one.samples && numbers.subarray(one.samples.at, one.samples.at + count(one.samples.shape)),
  );
  const ranges = network.shapes.map((_, slot) =>
    slot < network.inputs && imageShape(told.inputs[slot]) ? rangeOf(samples[slot]) : null);
  const inputs = told.inputs.map(({ shape }, slot) =>
    new Float64Array(count(shape)).fill(ranges[slot]?.low ?? 0));
  const app = {
    told, network, samples, ranges, inputs, numbers, learned: numbers.slice(),
    training: told.training && { ...told.training, loss: told.lesson.loss },
    points: pointsOf(told, numbers), stage: -1, epochs: 0, history: [], message: "",
    sample: samples[0] ? 0 : null, selected: null, marks: new Map(), touched: false, cards: [],
  };
  window.nnlite = app;
  if (samples[0]) app.inputs = told.inputs.map((_, slot) => sampleOf(app, slot, 0));
  app.flow = forward(network, app.inputs);
  build(app);
  takesFiles(app);
  const redraw = () => window.requestAnimationFrame(() => drawAll(app));
  window.addEventListener("resize", redraw);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}

// Make the page anew, in the language of now.
function build(app) {
  document.documentElement.lang = ["en", "ko"][language];
  const { told, network } = app;
  app.why = reasonsOf(app);
  app.reset = element("div", { className: "card notice" }, say("changed"), " ",
    element("button", { onclick: () => restore(app) }, say("reset")));
  const left = told.inputs.map((input, slot) => entryOf(app, input, slot));
  for (const output of told.outputs) {
    const title = told.outputs.length > 1 ? layerName(app, output.slot) : say("output");
    left.push(card(title, "", outputOf(app, output)));
  }
  if (app.training) left.push(card(say("training"), app.training.optimizer.kind, trainerOf(app)));
  if (app.samples[0]) left.push(card("", "", chooserOf(app)));
  const middle = network.steps.map((step) => layerOf(app, step));
  if (hasPlanes(told)) middle.unshift(card(say("planes"), "", planesOf(app)));
  if (told.lesson) middle.unshift(card("", "", lessonOf(app)));
  app.cards = [...left, ...middle];
  document.querySelector("main")?.remove();
  document.body.append(element("main", {}, headerOf(app),
    element("div", { className: "column entry" }, ...left.map((one) => one.element)),
    element("div", { className: "column layers" }, app.reset, ...middle.map((one) => one.element)),
    app.why.panel));
  drawAll(app);
}

// Return a card of parts that can be drawn: each has elements, and draws numbers into them.
function card(title, note, ...parts) {
  const head = title ? [element("h2", {}, title, element("span", { className: "note" }, note))] : [];
  const section = element("section", { className: "card" }, ...head, ...parts.flatMap((part) => part.parts));
  return { element: section, draw: () => parts.forEach((part) => part.draw()) };
}

function entryOf(app, input, slot) {
  const picture = pictureOf(app, slot);
  const drawn = imageShape(input);
  const entry = drawn ? padOf(app, slot) : slidersOf(app, slot);
  const seen = element("div", { className: "seen" },
    element("div", {}, picture.frame), element("div", {}, say("seen"), entry.tools || ""));
  const alone = entry.parts.length === 0 ? [picture] : [];
  const needed = drawn ? [{ ...picture, parts: [seen] }] : alone;
  const title = app.told.inputs.length > 1 ? input.name : say(drawn ? "draw" : "features");
  return card(title, input.shape.join(" × "), entry, ...needed);
}

function headerOf(app) {
  const { told } = app;
  const root = document.documentElement;
  const other = () => {
    language = 1 - language;
    build(app);
  };
  const turn = () => {
    const dark = getComputedStyle(root).getPropertyValue("--dark").trim() === "1";
    root.dataset.theme = dark ? "light" : "dark";
    drawAll(app);
  };
  return element("header", { className: "top" },
    element("h1", {}, told.name),
    element("p", {}, say("summary", app.network.steps.length, told.parameters.toLocaleString("en"))),
    element("button", { onclick: other }, say("language")),
    element("button", { onclick: turn, title: say("theme") }, "◐"));
}

function layerOf(app, step) {
  const picture = pictureOf(app, step.slot);
  const range = element("span", { className: "range" });
  const g = step.activation.name === "linear" ? "" : `, ${step.activation.name}`;
  const draw = () => {
    const { low, high } = rangeOf(app.flow.a[step.slot]);
    range.textContent = `${written(low)} … ${written(high)}`;
  };
  const made = card(step.name, `${step.type}${g} · ${step.shape.join(" × ")}`, picture, { parts: [], draw });
  made.element.querySelector("h2").append(range);
  made.element.dataset.slot = step.slot;
  picture.canvas.setAttribute("aria-label", step.name);
  return made;
}

function drawAll(app, keepsOrder = false) {
  readPalette();
  app.chosen = palette.zero.map((value) => (value > 128 ? 0 : 255));
  app.reset.hidden = !app.touched;
  markSources(app);
  app.cards.forEach((one) => one.draw());
  app.why.draw(keepsOrder);
}

function recompute(app, keepsOrder = false) {
  app.flow = forward(app.network, app.inputs);
  drawAll(app, keepsOrder);
}

// Ask why a number is what it is; without a slot, ask nothing.
function select(app, slot, index) {
  app.selected = slot === null ? null : { slot, index };
  drawAll(app);
}

// Note what the chosen number was computed from, where that is a part of an image: map by map.
function markSources(app) {
  app.marks = new Map();
  const { slot, index } = app.selected || { slot: -1 };
  if (slot < app.network.inputs) return;
  for (const { source, i } of reasons(app.network, app.flow, slot, index).terms) {
    const look = lookOf(app, source);
    if (look.length < 3 || stepOf(app.network, slot).kind === "dense") continue;
    const maps = app.marks.get(source) || new Map();
    app.marks.set(source, maps.set(i % look[2], [...(maps.get(i % look[2]) || []), i]));
  }
  app.marks.forEach((maps, source) => app.marks.set(source, [...maps.values()]));
}

function restore(app) {
  app.numbers.set(app.learned);
  app.network.off.forEach((those) => those.clear());
  Object.assign(app, { touched: false, running: false, epochs: 0, history: [], message: "" });
  if (app.training) app.training.kept = new Map();
  app.points = pointsOf(app.told, app.numbers);
  recompute(app);
}
