// The samples to train on: those of the file, points that were clicked, and lines of a CSV.

const MOST_POINTS = 5000;

// Return the samples with what is true of them.
function pointsOf(told, numbers) {
  const { truth } = told.outputs[0];
  if (!truth || told.inputs.length > 1) return [];
  const [size, width] = [count(told.inputs[0].shape), truth.shape[1]];
  return Array.from({ length: truth.shape[0] }, (_, m) => {
    const at = told.inputs[0].samples.at + m * size;
    const y = numbers.slice(truth.at + m * width, truth.at + (m + 1) * width);
    return { x: Float64Array.from(numbers.subarray(at, at + size)), y };
  });
}

// Return the truths that a new point may have: one for each class, or the ends of a range.
function truthsOf(app) {
  const { slot, truth } = app.told.outputs[0];
  const k = count(app.network.shapes[slot]);
  if (k === 1) {
    const { low, high } = rangeOf(app.numbers.subarray(truth.at, truth.at + truth.shape[0]));
    return [[low], [high > low ? high : low + 1]];
  }
  const sparse = truth.shape[1] === 1;
  return Array.from({ length: k }, (_, j) => sparse ? [j] : Array.from({ length: k }, (__, l) => Number(l === j)));
}

// Return the points of a CSV, features and then a class or a value in each line; or what is wrong.
function readPoints(text, features, truths) {
  const lines = text.split(/\r?\n/).map((line, place) => [place + 1, line.trim()]).filter(([, line]) => line);
  const cells = lines.map(([place, line]) => [place, line.split(/[,;\t]/).map((cell) => cell.trim())]);
  if (cells.length && cells[0][1].some((cell) => cell === "" || Number.isNaN(Number(cell)))) cells.shift();
  if (cells.length === 0) return { error: ["csvEmpty", features] };
  if (cells.length > MOST_POINTS) return { error: ["csvLong", cells.length, MOST_POINTS] };
  const points = [];
  for (const [place, row] of cells) {
    if (row.length !== features + 1) return { error: ["csvWidth", place, row.length, features, features + 1] };
    const wrong = row.find((cell) => cell === "" || !Number.isFinite(Number(cell)));
    if (wrong !== undefined) return { error: ["csvNumber", place, wrong] };
    const [x, label] = [row.slice(0, features).map(Number), Number(row[features])];
    const several = truths.length > 2 || truths[0].length > 1;
    if (several && !(label in truths)) return { error: ["csvClass", place, row[features], truths.length - 1] };
    points.push({ x: Float64Array.from(x), y: Float32Array.from(several ? truths[label] : [label]) });
  }
  return { points };
}

// Take the points of a file that is dropped on the page.
function takesFiles(app) {
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (!file || !app.told.training) return;
    const features = count(app.told.inputs[0].shape);
    const { points, error } = readPoints(await file.text(), features, truthsOf(app));
    app.message = error ? say(...error) : say("csvTaken", points.length, file.name);
    if (points) Object.assign(app, { points, inputs: [points[0].x.slice()], sample: null });
    recompute(app);
  });
}
