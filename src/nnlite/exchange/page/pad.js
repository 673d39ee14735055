// The canvas to draw on: strokes of the mouse or a finger become the numbers of the image.

const SIDE = 280;

function padOf(app, slot) {
  const [height, width, channels] = imageShape(app.told.inputs[slot]);
  const canvas = element("canvas", { className: "pad", width: SIDE, height: SIDE });
  canvas.setAttribute("aria-label", say("draw"));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const centre = element("input", { type: "checkbox", checked: channels === 1, onchange: () => read() });
  context.lineCap = "round";
  let [last, drawn] = [null, false];

  function take(image) {
    const { low, high } = app.ranges[slot];
    const numbers = new Float64Array(height * width * channels);
    app.inputs[slot] = numbers.map((_, place) => low + image[Math.floor(place / channels)] * (high - low));
    app.sample = null;
    recompute(app);
  }

  function read() {
    if (!drawn) return;
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    const ink = Float32Array.from({ length: SIDE * SIDE }, (_, place) => data[4 * place] / 255);
    take((centre.checked ? centred : asDrawn)(ink, SIDE, height, width));
  }

  function clear() {
    context.fillRect(0, 0, SIDE, SIDE);
    drawn = false;
  }

  function stroke(event) {
    const scale = SIDE / canvas.clientWidth;
    const here = [event.offsetX * scale, event.offsetY * scale];
    line(context, last || here, here, [255, 255, 255], SIDE / 13);
    last = here;
    drawn = true;
    once(app, read);
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (!drawn) clear();
    canvas.setPointerCapture(event.pointerId);
    last = null;
    stroke(event);
  });
  canvas.addEventListener("pointermove", (event) => event.buttons & 1 && stroke(event));

  // A sample is shown where one draws; the first stroke takes its place.
  function draw() {
    if (drawn && app.sample === null) return;
    drawn = false;
    context.imageSmoothingEnabled = false;
    const image = imageOf(app.inputs[slot], [height, width, channels], app.ranges[slot]);
    context.drawImage(image, 0, 0, SIDE, SIDE);
  }

  const wipe = () => {
    clear();
    take(new Float64Array(height * width));
  };
  const tools = element("div", { className: "tools" },
    element("button", { onclick: wipe }, say("clear")), element("label", {}, centre, ` ${say("centre")}`));
  return { parts: [canvas], tools, draw };
}

// Do something at the next frame, however often it is asked for until then.
function once(app, action) {
  if (app.waiting) return;
  app.waiting = true;
  window.requestAnimationFrame(() => {
    app.waiting = false;
    action();
  });
}
