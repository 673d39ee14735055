// One sample step by step, forward and backward, with the formulas of `explain` and live numbers.

function lessonOf(app) {
  const { sections, loss } = app.told.lesson;
  const [title, where] = [element("strong"), element("span", { className: "note" })];
  const lines = element("div", { className: "lines" });
  const go = (step) => {
    app.stage = (app.stage + step + sections.length) % sections.length;
    drawAll(app);
    document.querySelector(".active")?.scrollIntoView({ block: "nearest" });
  };
  const tools = element("div", { className: "tools" },
    element("button", { onclick: () => go(-1) }, say("back")),
    element("button", { onclick: () => go(1) }, say("forth")), title, where);
  const details = element("details", { open: app.stage >= 0, ontoggle: () => {
    app.stage = details.open ? Math.max(0, app.stage) : -1;
    drawAll(app);
  } }, element("summary", {}, say("lesson")), tools, lines);

  function draw() {
    document.querySelectorAll(".active").forEach((card) => card.classList.remove("active"));
    const section = sections[app.stage];
    if (!section) return;
    const slot = app.told.lesson.slots[section.place];
    document.querySelector(`[data-slot="${slot}"]`)?.classList.add("active");
    title.textContent = `${say(section.half)}: ${section.title}`;
    where.textContent = `${app.stage + 1} / ${sections.length}`;
    const numbers = numbersOf(app, section.half, slot, loss);
    lines.replaceChildren(...section.lines.map((line, place) =>
      lineOfLesson(line, numbers(line, place === section.lines.length - 1))));
  }
  return { parts: [details], draw };
}

// Return what finds the numbers of a line of this section, array and shape: those of z, and in the
// last line those that the section hands on; backward those of dz, dW and db, too.
function numbersOf(app, half, slot, loss) {
  const { network, flow, told } = app;
  const last = told.outputs[0].slot;
  const step = stepOf(network, slot ?? last);
  const y = rowOfTruth(app, told.outputs[0].truth);
  const known = (all, place) => ({ array: all[place], shape: network.shapes[place] });
  if (half === "forward") {
    return ({ symbol }, isLast) => {
      if (symbol === "J") return y && { array: [judged({ loss }, last, flow, y).loss], shape: [1] };
      return symbol[0] === "Z" ? known(flow.z, step.slot) : isLast && known(flow.a, step.slot);
    };
  }
  if (!y || step.type === "SeparableConv2D") return () => null;
  const sums = { W: step.W && new Float64Array(step.W.length), b: step.b && new Float64Array(step.b.length) };
  const { da, dz } = backward(network, flow, judged({ loss }, last, flow, y).begin, { [step.slot]: sums });
  const [source] = step.of;
  // Where branches meet again, a section gives only its part of the gradient.
  const alone = network.steps.filter(({ of }) => of.includes(source)).length === 1 && step.of.length === 1;
  return ({ symbol }, isLast) => {
    const kind = symbol[1];
    if (kind === "W" || kind === "b") return { array: sums[kind], shape: step.sizes[kind] };
    if (kind === "Z") return known(dz, step.slot);
    return isLast && (slot === undefined ? known(da, last) : alone && known(da, source));
  };
}

function lineOfLesson({ symbol, formula, shapes }, found) {
  const row = element("div", { className: "line" },
    element("span", { className: "formula" }, ...indexed(`${symbol} = ${formula}`)),
    element("span", { className: "note" }, shapes));
  if (found?.array) row.append(stripOf(found.array, found.shape));
  return row;
}

// Return a text with the numbers of its symbols as indices.
function indexed(text) {
  return text.split(/((?<=[A-Za-z])\d+)/).map((part, place) => place % 2 ? element("sub", {}, part) : part);
}

// Return numbers as a picture that fits into a line.
function stripOf(array, shape) {
  if (array.length === 1) return element("strong", {}, written(array[0]));
  const look = shape.length === 4 ? [shape[0], shape[1], shape[2] * shape[3]] : shape;
  const layout = layoutOf(look, 300, look.length === 3 ? 44 : 110);
  const [, top] = cornerOf(layout, layout.tiles - 1);
  return painted(layout, array, 300, Math.min(180, top + layout.rows * layout.cell));
}
