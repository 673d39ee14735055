// The network: its steps in order, and what flows through them, forward and back.
//
// Every array has a slot: first the inputs, then the output of each step.

// Return the numbers that Python wrote as base64: float32, the smallest byte first.
function decoded(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

function count(shape) {
  return shape.reduce((product, n) => product * n, 1);
}

// Return the network of a description: steps whose W and b are views into `numbers`. `learned` has
// each W and b by its place there: once, also of a layer that is called twice.
function networkOf(description, numbers) {
  const learned = new Map();
  const steps = description.steps.map((told, place) => {
    const step = { ...told, slot: description.inputs.length + place, sizes: {} };
    for (const [name, { at, shape }] of Object.entries(told.arrays)) {
      step[name] = numbers.subarray(at, at + count(shape));
      step.sizes[name] = shape;
      if (name === "W" || name === "b") learned.set(at, step[name]);
    }
    return step;
  });
  const shapes = [...description.inputs, ...steps].map((one) => one.shape);
  const off = shapes.map(() => new Set());
  return { steps, shapes, learned, inputs: description.inputs.length, off };
}

function stepOf(network, slot) {
  return network.steps[slot - network.inputs];
}

// Return the sum z of one output.
function total(step, o, x) {
  if (step.kind === "product") return x.reduce((product, one) => product * one[o], 1);
  let z = bias(step, o);
  TERMS[step.kind](step, o, (k, i, w) => (z += w * x[k][i]), x);
  return z;
}

// Return {a, z}: the arrays of all slots for one sample, and of every step the sums before its g.
function forward(network, inputs) {
  const a = [...inputs];
  const z = inputs.map(() => null);
  for (const step of network.steps) {
    const x = step.of.map((slot) => a[slot]);
    const sums = new Float64Array(count(step.shape));
    for (let o = 0; o < sums.length; o++) sums[o] = total(step, o, x);
    const out = activate(step.activation, sums, step.shape.at(-1));
    for (const o of network.off[step.slot]) out[o] = 0;
    z.push(sums);
    a.push(out);
  }
  return { a, z };
}

// Add to `gradients.W` and `gradients.b` of each step, and return da and dz of all slots.
// `given` has the gradient of a, or under `dz` that of z, for the slot where the way back begins.
function backward(network, flow, given, gradients = {}) {
  const da = flow.a.map((array) => new Float64Array(array.length));
  const all = da.map(() => null);
  da[given.slot].set(given.da || []);
  for (const step of [...network.steps].reverse()) {
    const { slot } = step;
    const width = step.shape.at(-1);
    const grad = da[slot];
    const begins = slot === given.slot && given.dz;
    for (const o of network.off[slot]) grad[o] = 0;
    const dz = begins
      ? given.dz
      : activateBack(step.activation, grad, flow.z[slot], flow.a[slot], width);
    all[slot] = dz;
    const x = step.of.map((source) => flow.a[source]);
    const dx = step.of.map((source) => da[source]);
    const { W, b } = gradients[slot] || {};
    for (let o = 0; o < dz.length; o++) {
      if (dz[o] === 0) continue;
      TERMS[step.kind](step, o, (k, i, w, j) => {
        dx[k][i] += w * dz[o];
        if (W && j >= 0) W[j] += x[k][i] * dz[o];
      }, x);
      if (b) b[o % b.length] += dz[o];
    }
  }
  return { da, dz: all };
}

// Return why z[o] is what it is: its terms, the largest first, the bias, z, and a.
function reasons(network, flow, slot, o) {
  const step = stepOf(network, slot);
  const x = step.of.map((source) => flow.a[source]);
  const terms = [];
  TERMS[step.kind](step, o, (k, i, w, j) => {
    terms.push({ k, source: step.of[k], i, j, x: x[k][i], w, part: w * x[k][i] });
  }, x);
  terms.sort((one, other) => Math.abs(other.part) - Math.abs(one.part));
  return { step, terms, bias: bias(step, o), z: flow.z[slot][o], a: flow.a[slot][o] };
}
