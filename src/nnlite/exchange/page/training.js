// Training on, in the page: losses, the way back, and the optimizer's step, in float32.

// Of one output with the error e = a − y, among k: its loss and dL/da.
const LOSSES = {
  mean_squared_error: (e, k) => [(e * e) / k, (2 * e) / k],
  half_squared_error: (e, k) => [(e * e) / 2 / k, e / k],
  mean_absolute_error: (e, k) => [Math.abs(e) / k, Math.sign(e) / k],
  huber(e, k, { delta }) {
    const inside = Math.min(Math.abs(e), delta);
    return [(inside * (Math.abs(e) - inside / 2)) / k, (Math.sign(e) * inside) / k];
  },
};

// Of one output with the logit z: L and dL/dz, where the loss is taken together with its sigmoid.
function binaryCrossentropy(z, y, k) {
  return [(Math.max(z, 0) - z * y + Math.log1p(Math.exp(-Math.abs(z)))) / k, (sigmoid(z) - y) / k];
}

// Of all logits: L = ln Σ e^z · Σy − Σ y·z, and dL/dz = softmax(z)·Σy − y.
function categoricalCrossentropy(z, y) {
  const a = new Float64Array(z.length);
  softmax(z, a, z.length);
  const most = Math.max(...z);
  const all = most + Math.log(z.reduce((sum, value) => sum + Math.exp(value - most), 0));
  const [ones, right] = [y.reduce((sum, one) => sum + one, 0), y.reduce((sum, one, j) => sum + one * z[j], 0)];
  return [all * ones - right, a.map((value, j) => value * ones - y[j])];
}

// Return the loss of a sample, and {slot, dz} or {slot, da}, with which the way back begins.
function judged(training, slot, flow, y) {
  const [a, z] = [flow.a[slot], flow.z[slot]];
  const { loss } = training;
  const { name } = loss;
  if (name === "categorical_crossentropy" || name === "sparse_categorical_crossentropy") {
    const rows = name[0] === "c" ? y : Array.from(a, (_, j) => Number(j === y[0]));
    const [value, dz] = categoricalCrossentropy(z, rows);
    return { loss: value, begin: { slot, dz } };
  }
  const binary = name === "binary_crossentropy";
  const pairs = Array.from(a, (value, j) => binary
    ? binaryCrossentropy(z[j], y[j], a.length)
    : LOSSES[name](value - y[j], a.length, loss));
  const slopes = Float64Array.from(pairs, ([, slope]) => slope);
  return { loss: pairs.reduce((sum, [value]) => sum + value, 0), begin: { slot, [binary ? "dz" : "da"]: slopes } };
}

// One step of an optimizer: w moves against its gradient g. `kept` is what it remembers of w.
const OPTIMIZERS = {
  SGD(w, g, rate, { momentum, nesterov }, kept) {
    kept.v ??= new Float32Array(w.length);
    for (let j = 0; j < w.length; j++) {
      kept.v[j] = momentum * kept.v[j] - rate * g[j];
      w[j] += momentum && nesterov ? momentum * kept.v[j] - rate * g[j] : kept.v[j];
    }
  },
  Adam(w, g, rate, { beta_1, beta_2, epsilon }, kept) {
    kept.m ??= new Float32Array(w.length);
    kept.v ??= new Float32Array(w.length);
    kept.t = (kept.t || 0) + 1;
    const corrected = (rate * Math.sqrt(1 - beta_2 ** kept.t)) / (1 - beta_1 ** kept.t);
    for (let j = 0; j < w.length; j++) {
      kept.m[j] = beta_1 * kept.m[j] + (1 - beta_1) * g[j];
      kept.v[j] = beta_2 * kept.v[j] + (1 - beta_2) * g[j] * g[j];
      w[j] -= (corrected * kept.m[j]) / (Math.sqrt(kept.v[j]) + epsilon);
    }
  },
};

// Take one step on these samples, [{x, y}]; return their mean loss before it.
function trainOnBatch(network, training, batch, rate) {
  const slot = network.inputs + network.steps.length - 1;
  const sums = new Map(Array.from(network.learned, ([at, w]) => [at, new Float64Array(w.length)]));
  const gradients = {};
  for (const { slot: own, arrays } of network.steps) {
    gradients[own] = { W: sums.get(arrays.W?.at), b: sums.get(arrays.b?.at) };
  }
  let loss = 0;
  for (const { x, y } of batch) {
    const flow = forward(network, [x]);
    const { loss: own, begin } = judged(training, slot, flow, y);
    loss += own / batch.length;
    for (const grad of [begin.dz, begin.da]) grad?.forEach((value, j) => (grad[j] = value / batch.length));
    backward(network, flow, begin, gradients);
  }
  training.kept ??= new Map();
  const { kind, ...how } = training.optimizer;
  network.learned.forEach((w, at) => {
    if (!training.kept.has(at)) training.kept.set(at, {});
    OPTIMIZERS[kind](w, sums.get(at), rate, how, training.kept.get(at));
  });
  return loss;
}
