// With two features: each neuron as the plane that it sees, the wires between, and the points.

const [COARSE, FINE, MOST_NEURONS] = [22, 56, 10];

function hasPlanes(told) {
  const begins = told.inputs.length === 1 && told.inputs[0].shape.join() === "2";
  return begins && told.outputs[0].slot > 0;
}

// Return the ends of both axes: around the points, or the samples.
function limitsOf(app) {
  return [0, 1].map((axis) => {
    const samples = app.samples[0]?.filter((_, place) => place % 2 === axis);
    const seen = app.points.length ? app.points.map(({ x }) => x[axis]) : samples;
    const { low, high } = seen ? rangeOf(seen) : { low: -2, high: 2 };
    const room = 0.12 * (high - low) || 1;
    return [low - room, high + room];
  });
}

// Return, for every slot, a and z at n × n places of the plane, from the top row down.
function seenOn(app, [across, up], n) {
  const flows = Array.from({ length: n * n }, (_, place) => {
    const [row, column] = [Math.floor(place / n), place % n];
    const x = across[0] + ((column + 0.5) / n) * (across[1] - across[0]);
    return forward(app.network, [[x, up[1] - ((row + 0.5) / n) * (up[1] - up[0])]]);
  });
  return (slot, index, what = "a") => Float64Array.from(flows, (flow) => flow[what][slot][index]);
}

// Paint a plane into a square, and a line where z = 0.
function paintPlane(context, colours, sums, n, [left, top, side]) {
  const tile = element("canvas", { width: n, height: n });
  const pixels = new ImageData(n, n);
  colours.forEach((colour, place) => pixels.data.set([...colour, 255], 4 * place));
  tile.getContext("2d").putImageData(pixels, 0, 0);
  context.drawImage(tile, left, top, side, side);
  if (!sums) return;
  const at = (share) => ((share + 0.5) * side) / n;
  for (let place = 0; place < n * (n - 1); place++) {
    if (place % n === n - 1) continue;
    const corners = [place, place + 1, place + n + 1, place + n]
      .map((corner) => [corner % n, Math.floor(corner / n), sums[corner]]);
    const crossings = corners.flatMap(([x, y, z], edge) => {
      const [right, below, other] = corners[(edge + 1) % 4];
      const share = z / (z - other);
      return z * other < 0 ? [[left + at(x + share * (right - x)), top + at(y + share * (below - y))]] : [];
    });
    for (let k = 0; k + 1 < crossings.length; k += 2) line(context, crossings[k], crossings[k + 1], palette.ink, 1.5);
  }
}

// Return how many places a side of the plane has: fewer for a network that takes its time.
function fineness(app, most) {
  return Math.round(Math.max(12, Math.min(most, Math.sqrt(4e6 / app.told.parameters))));
}

function planesOf(app) {
  const small = element("canvas", { className: "picture" });
  const large = element("canvas", { className: "picture large" });
  const frame = element("div", { className: "frame" }, small);
  const layers = [0, ...app.network.steps.filter(({ shape }) => shape.length === 1).map(({ slot }) => slot)];
  const last = app.told.outputs[0].slot;
  let [places, limits] = [new Map(), null];
  const modes = app.told.training ? [null, ...truthsOf(app)] : [null];
  const names = app.told.outputs[0].names;
  const words = modes.map((truth, number) => truth ? say("add", names?.[number - 1] ?? number - 1) : say("look"));
  const mode = element("select", {}, ...words.map((word) => element("option", {}, word)));
  mode.setAttribute("aria-label", say("look"));

  function layOut(width) {
    const most = Math.min(MOST_NEURONS, Math.max(...layers.map((slot) => app.flow.a[slot].length)));
    const side = Math.max(28, Math.min(64, width / (layers.length * 1.75), 330 / most - 10));
    places = new Map();
    layers.forEach((slot, column) => {
      const shown = Math.min(MOST_NEURONS, app.flow.a[slot].length);
      const left = 1 + ((width - side - 2) * column) / Math.max(1, layers.length - 1);
      for (let index = 0; index < shown; index++) {
        const top = ((most - shown) / 2 + index) * (side + 10) + 2;
        places.set(`${slot} ${index}`, { slot, index, left, top, side });
      }
    });
    return most * (side + 10);
  }

  function drawWires(context) {
    for (const step of app.network.steps) {
      if (step.kind !== "dense" && step.kind !== "same") continue;
      const most = step.W ? largest(step.W) : 1;
      for (let o = 0; o < Math.min(MOST_NEURONS, count(step.shape)); o++) {
        TERMS[step.kind](step, o, (_, i, w) => {
          const [from, to] = [places.get(`${step.of[0]} ${i}`), places.get(`${step.slot} ${o}`)];
          if (!from || !to) return;
          const ends = [[from.left + from.side, from.top + from.side / 2], [to.left, to.top + to.side / 2]];
          line(context, ...ends, signed(w / most), 1 + (4 * Math.abs(w)) / most);
        });
      }
    }
  }

  function drawPoints(context, side) {
    const place = (x) => [0, 1].map((axis) => {
      const share = (x[axis] - limits[axis][0]) / (limits[axis][1] - limits[axis][0]);
      return side * (axis ? 1 - share : share);
    });
    const truths = app.points.length ? truthsOf(app).map(String) : [];
    const ring = (x, radius, edge, fill) => {
      context.beginPath();
      context.arc(...place(x), radius, 0, 7);
      context.strokeStyle = css(edge);
      context.fillStyle = css(fill || edge);
      if (fill) context.fill();
      context.stroke();
    };
    for (const { x, y } of app.points) {
      ring(x, 4, palette.zero, classColour(Math.max(0, truths.indexOf(String(Array.from(y))))));
    }
    context.lineWidth = 2;
    ring(app.inputs[0], 7, app.chosen);
  }

  function draw() {
    limits = limitsOf(app);
    const width = Math.max(200, frame.clientWidth);
    const context = sharp(small, width, layOut(width));
    const coarse = fineness(app, COARSE);
    const seen = seenOn(app, limits, coarse);
    const k = app.flow.a[last].length;
    drawWires(context);
    for (const { slot, index, left, top, side } of places.values()) {
      const numbers = seen(slot, index);
      const most = largest(numbers) || 1;
      const above = slot === last && k > 1 ? classColour(index) : palette.above;
      const colours = Array.from(numbers, (value) => signed(value / most, above));
      paintPlane(context, colours, slot ? seen(slot, index, "z") : null, coarse, [left, top, side]);
      const here = app.selected?.slot === slot && app.selected.index === index;
      context.strokeStyle = css(app.chosen);
      context.lineWidth = here ? 3 : 1;
      context.strokeRect(left, top, side, side);
    }
    const side = Math.min(340, width);
    const plane = sharp(large, side, side);
    const n = fineness(app, FINE);
    const fine = seenOn(app, limits, n);
    const outputs = Array.from({ length: k }, (_, index) => fine(last, index));
    paintPlane(plane, certainty(app, last, outputs), k === 1 ? fine(last, 0, "z") : null, n, [0, 0, side]);
    drawPoints(plane, side);
    plane.fillStyle = css(palette.ink);
    plane.font = "14px system-ui, sans-serif";
    plane.fillText(titleOf(app, 0, 1), 6, 18);
    plane.textAlign = "right";
    plane.fillText(titleOf(app, 0, 0), side - 6, side - 8);
  }

  small.addEventListener("click", ({ offsetX, offsetY }) => {
    const hit = [...places.values()].find(({ left, top, side }) =>
      offsetX >= left && offsetX < left + side && offsetY >= top && offsetY < top + side);
    if (hit) select(app, hit.slot, hit.index);
  });
  large.addEventListener("click", ({ offsetX, offsetY }) => {
    const [across, up] = limits;
    const x = across[0] + (offsetX / large.clientWidth) * (across[1] - across[0]);
    const y = up[1] - (offsetY / large.clientHeight) * (up[1] - up[0]);
    app.inputs[0] = Float64Array.of(x, y);
    app.sample = null;
    const truth = modes[mode.selectedIndex];
    if (truth) app.points.push({ x: Float64Array.of(x, y), y: Float32Array.from(truth) });
    recompute(app);
  });
  return { parts: [frame, element("div", { className: "tools" }, mode), large], draw };
}

function classColour(number) {
  return palette.classes[number % palette.classes.length];
}

// Return the colours of the last plane: the class that is thought likeliest, the paler the less sure.
function certainty(app, slot, outputs) {
  const isShare = stepOf(app.network, slot).activation.name === "sigmoid";
  const most = largest(outputs[0]) || 1;
  return Array.from(outputs[0], (a, place) => {
    if (outputs.length === 1) return signed((isShare ? 2 * a - 1 : a / most) * 0.45);
    const values = outputs.map((one) => one[place]);
    const best = bestOf(values);
    return mixed(classColour(best), 0.6 * Math.min(1, Math.max(0, values[best])));
  });
}
