// Every layer as the terms of its sums: z[o] = Σ w·x + b.
//
// `terms(step, o, visit, x)` calls visit(k, i, w, j) for each term of output o: input number i of
// the k-th array, times w, which is number j of the layer's W (-1: a factor that is not learned).
// The way forward, the way back, and the answer to "why this number?" all walk along them.

// Visit the places of the kernel: row and column there, and the number of the place.
function overKernel({ rows, columns }, visit) {
  for (let down = 0; down < rows.kernel; down++) {
    for (let across = 0; across < columns.kernel; across++) visit(down, across, down * columns.kernel + across);
  }
}

function isWithin(place, size) {
  return Number.isInteger(place) && place >= 0 && place < size;
}

// Visit the pixels under the window of output o, and the places of the kernel above them.
function inWindow(step, o, visit) {
  const { rows, columns } = step;
  const place = Math.floor(o / step.shape.at(-1));
  const top = Math.floor(place / columns.count) * rows.stride - rows.before;
  const left = (place % columns.count) * columns.stride - columns.before;
  overKernel(step, (down, across, tap) => {
    const [y, x] = [top + down * rows.dilation, left + across * columns.dilation];
    if (isWithin(y, rows.size) && isWithin(x, columns.size)) visit(y * columns.size + x, tap);
  });
}

function dense(step, o, visit) {
  const [n, k] = step.sizes.W;
  const unit = o % k;
  const first = ((o - unit) / k) * n;
  for (let i = 0; i < n; i++) visit(0, first + i, step.W[i * k + unit], i * k + unit);
}

function convolution(step, o, visit) {
  const [share, filters] = step.sizes.W.slice(-2);
  const channels = share * step.groups;
  const filter = o % filters;
  const first = Math.floor(filter / (filters / step.groups)) * share;
  inWindow(step, o, (pixel, tap) => {
    for (let c = 0; c < share; c++) {
      const j = (tap * share + c) * filters + filter;
      visit(0, pixel * channels + first + c, step.W[j], j);
    }
  });
}

function depthwise(step, o, visit) {
  const [channels, copies] = step.sizes.W.slice(-2);
  const kernel = o % (channels * copies);
  inWindow(step, o, (pixel, tap) => {
    const j = tap * channels * copies + kernel;
    visit(0, pixel * channels + Math.floor(kernel / copies), step.W[j], j);
  });
}

// The windows lie on the output here: each pixel of x writes the kernel, times its value, there.
function transposed(step, o, visit) {
  const { rows, columns } = step;
  const [filters, channels] = step.sizes.W.slice(-2);
  const filter = o % filters;
  const place = Math.floor(o / filters);
  const [row, column] = [Math.floor(place / columns.size), place % columns.size];
  overKernel(step, (down, across, tap) => {
    const y = (row + rows.before - down * rows.dilation) / rows.stride;
    const x = (column + columns.before - across * columns.dilation) / columns.stride;
    if (!isWithin(y, rows.count) || !isWithin(x, columns.count)) return;
    for (let c = 0; c < channels; c++) {
      const j = (tap * filters + filter) * channels + c;
      visit(0, (y * columns.count + x) * channels + c, step.W[j], j);
    }
  });
}

// (x − mean)·factor + offset: the layers that normalize.
function scale(step, o, visit) {
  visit(0, o, step.factor[o % step.factor.length], -1);
}

function scaleBias(step, o) {
  const channel = o % step.factor.length;
  return step.offset[channel] - step.mean[channel] * step.factor[channel];
}

function largestInWindow(step, o, visit, x) {
  const channels = step.shape.at(-1);
  let winner = -1;
  inWindow(step, o, (pixel) => {
    const i = pixel * channels + (o % channels);
    if (winner < 0 || x[0][i] > x[0][winner]) winner = i;
  });
  visit(0, winner, 1, -1);
}

function meanOfWindow(step, o, visit) {
  const channels = step.shape.at(-1);
  const pixels = [];
  inWindow(step, o, (pixel) => pixels.push(pixel * channels + (o % channels)));
  for (const i of pixels) visit(0, i, 1 / pixels.length, -1);
}

function same(step, o, visit) {
  visit(0, o, 1, -1);
}

// Cut off, framed with zeros, or with every pixel repeated: the pixel that stands here.
function moved(step, o, visit) {
  const [, width, channels] = step.shape;
  const [height, wide] = step.size;
  const place = Math.floor(o / channels);
  const y = Math.floor((Math.floor(place / width) + step.start[0]) / step.times[0]);
  const x = Math.floor(((place % width) + step.start[1]) / step.times[1]);
  if (isWithin(y, height) && isWithin(x, wide)) visit(0, (y * wide + x) * channels + (o % channels), 1, -1);
}

function sum(step, o, visit) {
  step.signs.forEach((sign, k) => visit(k, o, sign, -1));
}

// Each factor's weight is the product of the others.
function product(step, o, visit, x) {
  x.forEach((_, k) => visit(k, o, x.reduce((p, one, l) => (l === k ? p : p * one[o]), 1), -1));
}

function extreme(step, o, visit, x) {
  let winner = 0;
  x.forEach((one, k) => {
    if (step.sign * one[o] > step.sign * x[winner][o]) winner = k;
  });
  visit(winner, o, 1, -1);
}

function concatenate(step, o, visit) {
  const inner = step.shape.slice(step.axis + 1).reduce((p, n) => p * n, 1);
  const size = step.shape[step.axis];
  const outer = Math.floor(o / (size * inner));
  let place = Math.floor(o / inner) % size;
  let k = 0;
  while (place >= step.widths[k]) place -= step.widths[k++];
  visit(k, (outer * step.widths[k] + place) * inner + (o % inner), 1, -1);
}

const TERMS = {
  dense, convolution, depthwise, transposed, scale, largestInWindow, meanOfWindow, same, moved,
  sum, product, extreme, concatenate,
};

function bias(step, o) {
  if (step.kind === "scale") return scaleBias(step, o);
  return step.b ? step.b[o % step.b.length] : 0;
}
