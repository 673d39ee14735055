// The activations: the value a of z, and beside it the slope at a place.

const SELU = { scale: 1.0507009873554805, alpha: 1.6732632423543772 };

// Coefficients of share_below, as in nnlite.kernels.bell.
const BELL = [
  -0.6513268598908547, 6.4196979235649026e-1, 1.9476473204185836e-2, -9.561514786808631e-3,
  -9.46595344482036e-4, 3.66839497852761e-4, 4.2523324806907e-5, -2.0278578112534e-5,
  -1.624290004647e-6, 1.303655835580e-6, 1.5626441722e-8, -8.5238095915e-8,
];

function sigmoid(z) {
  return 1 / (1 + Math.exp(-z));
}

function shareBelow(z) {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 2 / (2 + x);
  const twice = 2 * (2 * t - 1);
  let [later, last] = [0, 0];
  for (let k = BELL.length - 1; k > 0; k--) [later, last] = [twice * later - last + BELL[k], later];
  const tail = 0.5 * t * Math.exp((twice / 2) * later - last + BELL[0] - x * x);
  return z > 0 ? 1 - tail : tail;
}

function geluCurve(z) {
  return Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3));
}

function gelu(z, how) {
  return z * (how.approximate ? 0.5 * (1 + geluCurve(z)) : shareBelow(z));
}

const ACTIVATIONS = {
  linear: { value: (z) => z, slope: () => 1 },
  sigmoid: { value: sigmoid, slope: (z, a) => a * (1 - a) },
  tanh: { value: Math.tanh, slope: (z, a) => 1 - a * a },
  relu: { value: (z) => Math.max(z, 0), slope: (z) => (z > 0 ? 1 : 0) },
  leaky_relu: {
    value: (z, how) => (z > 0 ? z : how.negative_slope * z),
    slope: (z, a, how) => (z > 0 ? 1 : how.negative_slope),
  },
  elu: {
    value: (z, how) => (z > 0 ? z : how.alpha * Math.expm1(z)),
    slope: (z, a, how) => (z > 0 ? 1 : a + how.alpha),
  },
  selu: {
    value: (z) => SELU.scale * (z > 0 ? z : SELU.alpha * Math.expm1(z)),
    slope: (z, a) => (z > 0 ? SELU.scale : a + SELU.scale * SELU.alpha),
  },
  softplus: {
    value: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
    slope: (z) => sigmoid(z),
  },
  silu: { value: (z) => z * sigmoid(z), slope: (z) => sigmoid(z) * (1 + z * (1 - sigmoid(z))) },
  gelu: { value: gelu, slope: (z, a, how) => (gelu(z + 1e-4, how) - gelu(z - 1e-4, how)) / 2e-4 },
  step: { value: (z) => (z > 0 ? 1 : 0), slope: () => 0 },
};

// softmax looks at all numbers along the last axis, the others at each by itself.
function softmax(z, a, width) {
  for (let start = 0; start < z.length; start += width) {
    const row = z.subarray(start, start + width);
    const largest = row.reduce((most, value) => Math.max(most, value), -Infinity);
    let sum = 0;
    row.forEach((value) => (sum += Math.exp(value - largest)));
    row.forEach((value, j) => (a[start + j] = Math.exp(value - largest) / sum));
  }
}

function softmaxBack(grad, a, width) {
  const dz = new Float64Array(a.length);
  for (let start = 0; start < a.length; start += width) {
    let shared = 0;
    for (let j = start; j < start + width; j++) shared += grad[j] * a[j];
    for (let j = start; j < start + width; j++) dz[j] = a[j] * (grad[j] - shared);
  }
  return dz;
}

function activate(how, z, width) {
  const a = new Float64Array(z.length);
  if (how.name === "softmax") softmax(z, a, width);
  else z.forEach((value, o) => (a[o] = ACTIVATIONS[how.name].value(value, how)));
  return a;
}

// Return dz, the gradient of z, from that of a.
function activateBack(how, grad, z, a, width) {
  if (how.name === "softmax") return softmaxBack(grad, a, width);
  return grad.map((value, o) => value && value * ACTIVATIONS[how.name].slope(z[o], a[o], how));
}
