// The picture of a slot: a row of cells, or a map for each channel; each cell can be chosen.

const GAP = 6;
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

// Return the slot whose numbers these are, one by one, if a step only lays them out anew.
function originOf(app, slot) {
  const step = stepOf(app.network, slot);
  const alike = ["same", "scale"].includes(step?.kind) && app.network.shapes[slot].length === 1;
  return alike ? originOf(app, step.of[0]) : slot;
}

// Return the shape in which a slot is drawn: 784 numbers that are an image, as that image; a sequence
// as an image of one row.
function lookOf(app, slot) {
  const origin = originOf(app, slot);
  const image = origin < app.network.inputs && imageShape(app.told.inputs[origin]);
  const shape = app.network.shapes[origin];
  return image || (shape.length === 2 ? [1, ...shape] : shape);
}

// Return how a slot is laid out: in tiles of rows × columns cells, on a page of this width.
function layoutOf(look, width, most) {
  const channels = look.length === 3 && look[0] * look[1] > 1 ? look[2] : 1;
  const count = look.reduce((product, n) => product * n, 1);
  if (look.length === 1 || count === look.at(-1)) return inRows(count, width);
  const [rows, columns] = look;
  const wide = rows === 1 ? width : Math.min(84, most);
  const fitting = Math.max(1, Math.floor((width + GAP) / (wide + GAP)));
  const each = Math.ceil(channels / Math.ceil(channels / fitting));
  const room = Math.min(most, (width + GAP) / each - GAP);
  const wish = Math.max(1, Math.min((rows === 1 ? width : room) / columns, rows === 1 ? 30 : most / rows));
  const cell = wish > 4 ? Math.floor(wish) : Math.floor(wish * 2) / 2;
  return { rows, columns, tiles: channels, cell, each, count, channels };
}

// Numbers without a shape of their own stand in rows of one length.
function inRows(count, width) {
  const [, wish] = [[32, 30], [64, 20], [256, 14], [Infinity, 8]].find(([most]) => count <= most);
  const rows = Math.ceil(count / Math.floor(width / wish));
  const columns = Math.ceil(count / rows);
  const cell = Math.floor(Math.min(width / columns, 36));
  return { rows, columns, tiles: 1, cell, each: 1, count, channels: 1 };
}

function cornerOf({ rows, columns, cell, each }, tile) {
  const [across, down] = [columns * cell + GAP, rows * cell + GAP];
  return [(tile % each) * across, Math.floor(tile / each) * down];
}

// Return where the cell of a number begins.
function placeOf(layout, index) {
  const [left, top] = cornerOf(layout, index % layout.channels);
  const pixel = Math.floor(index / layout.channels);
  const [row, column] = [Math.floor(pixel / layout.columns), pixel % layout.columns];
  return [left + column * layout.cell, top + row * layout.cell];
}

// Return the number whose cell lies here, or -1.
function indexAt(layout, x, y) {
  for (let tile = 0; tile < layout.tiles; tile++) {
    const [left, top] = cornerOf(layout, tile);
    const row = Math.floor((y - top) / layout.cell);
    const column = Math.floor((x - left) / layout.cell);
    if (row < 0 || row >= layout.rows || column < 0 || column >= layout.columns) continue;
    const index = (row * layout.columns + column) * layout.channels + tile;
    return index < layout.count ? index : -1;
  }
  return -1;
}

function paint(context, layout, numbers, colour) {
  const line = layout.cell >= 12 ? 1 : 0;
  numbers.forEach((value, index) => {
    const [x, y] = placeOf(layout, index);
    context.fillStyle = css(colour(value));
    context.fillRect(x, y, layout.cell - line, layout.cell - line);
  });
  const readable = layout.cell > 25 && numbers.length <= 64 && largest(numbers) > 0.015;
  if (readable) write(context, layout, numbers, colour);
}

// Write the numbers into their cells, light on dark or dark on light.
function write(context, layout, numbers, colour) {
  context.font = `${layout.cell > 30 ? 11 : 10}px system-ui, sans-serif`;
  context.textAlign = "center";
  numbers.forEach((value, index) => {
    const [x, y] = placeOf(layout, index);
    const [red, green, blue] = colour(value);
    context.fillStyle = red * 0.3 + green * 0.59 + blue * 0.11 > 125 ? "black" : "white";
    let text = value.toFixed(Math.abs(value) < 9.95 ? 2 : Math.abs(value) < 99.5 ? 1 : 0);
    if (layout.cell < 32) text = text.replace("0.", ".");
    context.fillText(text.replace("-", "−"), x + layout.cell / 2, y + layout.cell / 2 + 4);
  });
}

// Return a canvas with these numbers, coloured by sign.
function painted(layout, numbers, width, height) {
  const canvas = element("canvas");
  paint(sharp(canvas, width, height), layout, numbers, bySign(numbers));
  return canvas;
}

function bySign(numbers) {
  const most = largest(numbers) || 1;
  return (value) => signed(value / most);
}

// Return the picture of a slot: its canvas, and `draw`.
function pictureOf(app, slot) {
  const canvas = element("canvas", { tabIndex: 0, role: "img", className: "picture" });
  const frame = element("div", { className: "frame" }, canvas);
  let layout = null;

  function draw() {
    const numbers = app.flow.a[slot];
    const most = app.ranges[slot] ? 112 : originOf(app, slot) === slot ? 120 : 64;
    layout = layoutOf(lookOf(app, slot), Math.max(60, frame.clientWidth), most);
    const corner = cornerOf(layout, layout.each - 1)[0] + layout.columns * layout.cell;
    const width = layout.tiles < layout.each ? frame.clientWidth : corner;
    const [, top] = cornerOf(layout, layout.tiles - 1);
    const context = sharp(canvas, Math.min(width, frame.clientWidth), top + layout.rows * layout.cell + 1);
    paint(context, layout, numbers, colourOf(app, slot));
    for (const index of app.network.off[slot]) cross(context, index);
    // Around what a number was computed from, in each of its maps.
    for (const of of app.marks.get(slot) || []) box(context, Math.min(...of), Math.max(...of), 2);
    if (app.selected?.slot === slot) box(context, app.selected.index, app.selected.index, 3);
  }

  function box(context, first, last, thick) {
    const [x, y] = placeOf(layout, first);
    const [right, bottom] = placeOf(layout, last).map((end) => end + layout.cell);
    context.strokeStyle = css(app.chosen);
    context.lineWidth = thick;
    context.strokeRect(x - 0.5, y - 0.5, right - x, bottom - y);
  }

  function cross(context, index) {
    const corner = placeOf(layout, index);
    line(context, corner, corner.map((side) => side + layout.cell - 1), app.chosen, 1);
  }

  canvas.addEventListener("keydown", (event) => {
    if (!(event.key in MOVES)) return;
    event.preventDefault();
    const [down, across] = MOVES[event.key];
    const step = (down * layout.columns + across) * layout.channels;
    const here = app.selected?.slot === slot ? app.selected.index + step : 0;
    if (here >= 0 && here < layout.count) select(app, slot, here);
  });
  canvas.addEventListener("click", (event) => {
    const index = indexAt(layout, event.offsetX, event.offsetY);
    if (index >= 0) select(app, slot, index);
  });
  return { parts: [frame], frame, canvas, draw };
}

// Return how numbers of a slot are coloured: images in their own range, the rest by sign.
function colourOf(app, slot) {
  const range = app.ranges[slot];
  if (range) return (value) => grey((value - range.low) / (range.high - range.low || 1));
  return bySign(app.flow.a[slot]);
}

// Return what a number of a slot is called: a class, a feature, a neuron, or a place; in short,
// where there is little room, a place is "map (row, column)".
function titleOf(app, slot, index, short = false) {
  const look = lookOf(app, slot);
  const origin = originOf(app, slot);
  const input = app.told.inputs[origin];
  const output = app.told.outputs.find((one) => one.slot === slot);
  if (input?.features) return input.features[index];
  if (output?.names && output.names.length === count(look)) return output.names[index];
  if (look.length === 1 && origin < app.network.inputs) return `x${index + 1}`;
  if (look.length === 1) return short ? `${index + 1}` : say("neuron", index + 1);
  const channels = look.length === 3 ? look[2] : 1;
  const pixel = Math.floor(index / channels);
  const place = [Math.floor(pixel / look[1]) + 1, (pixel % look[1]) + 1];
  const map = (index % channels) + 1;
  if (look[0] === 1) return short ? `${map} (${place[1]})` : say("step", map, place[1]);
  if (short) return `${channels > 1 ? `${map} ` : ""}(${place.join(", ")})`;
  return channels > 1 ? say("map", map, ...place) : say("place", ...place);
}
