// The activations: the value a of z, and beside it the slope at a place.

const SELU = { scale: 1.0507009873554805, alpha: 1.6732632423543772 };

// The tail of the bell curve, to 2e-7: Abramowitz and Stegun, 7.1.26.
const BELL = [0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429];

function sigmoid(z) {
  return 1 / (1 + Math.exp(-z));
}

function shareBelow(z) {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const tail = 0.5 * Math.exp(-x * x) * BELL.reduceRight((sum, factor) => t * (factor + sum), 0);
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
