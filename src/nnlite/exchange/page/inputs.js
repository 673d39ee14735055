// Where data enters: numbers have a slider each, and samples are chosen; for images, see pad.js.

const MOST_SLIDERS = 60;

// Return (height, width, channels) of an input that is an image, else null.
function imageShape({ shape, features }) {
  if (features) return null;
  if (shape.length === 3) return shape[2] === 1 || shape[2] === 3 ? shape : null;
  if (shape.length === 2) return Math.min(...shape) >= 8 ? [...shape, 1] : null;
  const side = Math.sqrt(shape[0]);
  return side >= 8 && Number.isInteger(side) ? [side, side, 1] : null;
}

// Return the range of the numbers that an input has in the samples, or of an ordinary image.
function rangeOf(values) {
  if (!values) return { low: 0, high: 1 };
  return values.reduce(
    ({ low, high }, value) => ({ low: Math.min(low, value), high: Math.max(high, value) }),
    { low: Infinity, high: -Infinity },
  );
}

function sampleOf(app, slot, number) {
  const size = count(app.told.inputs[slot].shape);
  return Float64Array.from(app.samples[slot].subarray(number * size, (number + 1) * size));
}

// A slider for each feature, and beside it how it pushes the output: gradient × input.
function slidersOf(app, slot) {
  const { shape } = app.told.inputs[slot];
  const size = count(shape);
  if (size > MOST_SLIDERS) return { parts: [], draw: () => {} };
  const note = element("p", { className: "hint" });
  const rows = Array.from({ length: size }, (_, i) => {
    const seen = app.samples[slot]?.filter((_, place) => place % size === i);
    const { low, high } = seen ? rangeOf(seen) : { low: -2, high: 2 };
    const room = 0.1 * (high - low) || 1;
    const [min, max] = [low - room, high + room];
    const name = titleOf(app, slot, i);
    const slider = sliderOf(name, min, max, (moved) => {
      app.sample = null;
      app.inputs[slot][i] = moved;
      recompute(app);
    });
    const value = element("output");
    const bar = element("span", { className: "bar" });
    const row = element("div", { className: "feature" },
      element("span", { className: "name", title: name }, name), slider, value, bar);
    return { row, slider, value, bar };
  });

  function draw() {
    const { gradient, of } = pushes(app);
    const parts = gradient[slot].map((slope, i) => slope * app.inputs[slot][i]);
    const most = largest(parts) || 1;
    note.textContent = say("push", of);
    rows.forEach(({ slider, value, bar }, i) => {
      slider.value = app.inputs[slot][i];
      value.textContent = written(app.inputs[slot][i]);
      drawBar(bar, parts[i], most);
      bar.title = written(parts[i]);
    });
  }
  return { parts: [element("div", { className: "rows features" }, ...rows.map(({ row }) => row)), note], draw };
}

// Lay a bar to the right of the middle for what is above 0, to the left for what is below.
function drawBar(bar, value, most) {
  const share = (50 * Math.abs(value)) / most;
  bar.style.setProperty("--left", `${value < 0 ? 50 - share : 50}%`);
  bar.style.setProperty("--width", `${share}%`);
  bar.style.setProperty("--colour", `var(--${value < 0 ? "below" : "above"})`);
}

// Return the gradient, for all inputs, of what the network says now: of the largest output's z.
function pushes(app) {
  const { slot } = app.told.outputs[0];
  const { a } = app.flow;
  const best = bestOf(a[slot]);
  const dz = new Float64Array(a[slot].length);
  if (slot >= app.network.inputs) dz[best] = 1;
  const of = `z (${titleOf(app, slot, best)})`;
  return { gradient: backward(app.network, app.flow, { slot, dz }).da, of };
}

// The samples to choose from: images as small pictures, all with a step to the next.
function chooserOf(app) {
  const many = app.told.inputs[0].samples.shape[0];
  const label = element("span", { className: "count" });
  const go = (step) => choose(app, ((app.sample ?? -step) + step + many) % many);
  const steps = element("div", { className: "tools" },
    element("button", { onclick: () => go(-1), title: say("before") }, "◀"), label,
    element("button", { onclick: () => go(1), title: say("next") }, "▶"));
  const image = imageShape(app.told.inputs[0]);
  const thumbs = image ? Array.from({ length: many }, (_, number) => thumbOf(app, image, number)) : [];

  function draw() {
    label.textContent = app.sample === null ? say("samples") : say("sample", app.sample + 1, many);
    thumbs.forEach((thumb, number) => thumb.classList.toggle("now", number === app.sample));
  }
  return { parts: [steps, element("div", { className: "thumbs" }, ...thumbs)], draw };
}

function thumbOf(app, image, number) {
  const canvas = imageOf(sampleOf(app, 0, number), image, app.ranges[0]);
  const button = element("button", { className: "thumb", onclick: () => choose(app, number) }, canvas);
  button.setAttribute("aria-label", say("sample", number + 1, app.told.inputs[0].samples.shape[0]));
  return button;
}

// Take a sample as the input.
function choose(app, number) {
  app.sample = number;
  app.inputs = app.told.inputs.map((_, slot) => sampleOf(app, slot, number));
  recompute(app);
}
