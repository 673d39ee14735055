// Where data enters: images are drawn, other numbers have a slider each, and samples are chosen.

const SIDE = 280;
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

// The canvas to draw on: strokes become the numbers of the image.
function padOf(app, slot) {
  const [height, width, channels] = imageShape(app.told.inputs[slot]);
  const canvas = element("canvas", { className: "pad", width: SIDE, height: SIDE });
  canvas.setAttribute("aria-label", say("draw"));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const centre = element("input", { type: "checkbox", checked: channels === 1, onchange: () => read() });
  let last = null;
  let drawn = false;

  function clear() {
    context.fillStyle = "black";
    context.fillRect(0, 0, SIDE, SIDE);
    drawn = false;
  }

  function read() {
    if (!drawn) return;
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    const ink = Float32Array.from({ length: SIDE * SIDE }, (_, place) => data[4 * place] / 255);
    const image = (centre.checked ? centred : asDrawn)(ink, SIDE, height, width);
    const { low, high } = app.ranges[slot];
    const numbers = new Float64Array(height * width * channels);
    image.forEach((value, pixel) => {
      numbers.fill(low + value * (high - low), pixel * channels, (pixel + 1) * channels);
    });
    app.sample = null;
    app.inputs[slot] = numbers;
    recompute(app);
  }

  function stroke(event) {
    const scale = SIDE / canvas.clientWidth;
    const here = [event.offsetX * scale, event.offsetY * scale];
    context.strokeStyle = "white";
    context.lineWidth = SIDE / 13;
    context.lineCap = "round";
    context.beginPath();
    context.moveTo(...(last || here));
    context.lineTo(...here);
    context.stroke();
    last = here;
    drawn = true;
    read();
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (!drawn) clear();
    canvas.setPointerCapture(event.pointerId);
    last = null;
    stroke(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.buttons & 1) stroke(event);
  });

  // A sample is shown where one draws; the first stroke takes its place.
  function draw() {
    if (drawn && app.sample === null) return;
    drawn = false;
    const { low, high } = app.ranges[slot];
    const cell = [SIDE / width, SIDE / height];
    app.inputs[slot].forEach((_, place) => {
      if (place % channels) return;
      const colours = [0, 1, 2].map((k) => app.inputs[slot][place + (k % channels)]);
      context.fillStyle = css(colours.map((value) => grey((value - low) / (high - low || 1))[0]));
      const pixel = place / channels;
      const [x, y] = [(pixel % width) * cell[0], Math.floor(pixel / width) * cell[1]];
      context.fillRect(x, y, cell[0] + 0.5, cell[1] + 0.5);
    });
  }

  const wipe = () => {
    clear();
    app.sample = null;
    app.inputs[slot].fill(app.ranges[slot].low);
    recompute(app);
  };
  const tools = element("div", { className: "tools" },
    element("button", { onclick: wipe }, say("clear")), element("label", {}, centre, ` ${say("centre")}`));
  return { parts: [canvas], tools, draw };
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
    const room = high > low ? 0.1 * (high - low) : 1;
    const [min, max] = [low - room, high + room];
    const name = titleOf(app, slot, i);
    const slider = element("input", { type: "range", min, max, step: "any" });
    slider.setAttribute("aria-label", name);
    slider.addEventListener("input", () => {
      app.sample = null;
      app.inputs[slot][i] = Number(slider.value);
      recompute(app);
    });
    const value = element("output");
    const bar = element("span", { className: "bar" });
    const row = element("div", { className: "feature" },
      element("span", { className: "name", title: name }, name), slider, value, bar);
    return { row, slider, value, bar };
  });
  alignNames(rows);

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
  return { parts: [...rows.map(({ row }) => row), note], draw };
}

// Give the names in front of all rows the same room, as little as they need.
function alignNames(rows) {
  const longest = Math.max(...rows.map(({ row }) => row.querySelector(".name").textContent.length));
  rows.forEach(({ row }) => row.style.setProperty("--name", `${0.3 + 0.58 * Math.min(Math.max(2, longest), 12)}em`));
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
  const best = a[slot].indexOf(a[slot].reduce((most, value) => Math.max(most, value), -Infinity));
  const dz = new Float64Array(a[slot].length);
  if (slot >= app.network.inputs) dz[best] = 1;
  const of = `z (${titleOf(app, slot, best)})`;
  return { gradient: backward(app.network, app.flow, { slot, dz }), of };
}

// The samples to choose from: images as small pictures, all with a step to the next.
function chooserOf(app) {
  if (!app.samples[0]) return { parts: [], draw: () => {} };
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

function thumbOf(app, [height, width, channels], number) {
  const canvas = element("canvas", { width, height });
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(width, height);
  const { low, high } = app.ranges[0];
  const numbers = sampleOf(app, 0, number);
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let k = 0; k < 3; k++) {
      const value = numbers[pixel * channels + (k % channels)];
      [pixels.data[4 * pixel + k]] = grey((value - low) / (high - low || 1));
    }
    pixels.data[4 * pixel + 3] = 255;
  }
  context.putImageData(pixels, 0, 0);
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
