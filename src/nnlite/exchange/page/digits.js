// From strokes to pixels: as MNIST's digits were made, 20 of 28 pixels high, and centred by weight.

// Return ink (side × side) on a smaller grid, each pixel the mean of what it covers.
function shrunk(ink, side, box, height, width) {
  const small = new Float32Array(height * width);
  const [high, wide] = [(box.bottom - box.top) / height, (box.right - box.left) / width];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [top, left] = [box.top + y * high, box.left + x * wide];
      let [sum, area] = [0, 0];
      for (let row = Math.floor(top); row < top + high; row++) {
        for (let column = Math.floor(left); column < left + wide; column++) {
          const down = Math.min(row + 1, top + high) - Math.max(row, top);
          const across = Math.min(column + 1, left + wide) - Math.max(column, left);
          area += down * across;
          if (row < side && column < side) sum += down * across * ink[row * side + column];
        }
      }
      small[y * width + x] = sum / area;
    }
  }
  return small;
}

function boxAround(ink, side) {
  const box = { top: side, bottom: 0, left: side, right: 0 };
  ink.forEach((value, place) => {
    if (value < 0.1) return;
    const [row, column] = [Math.floor(place / side), place % side];
    box.top = Math.min(box.top, row);
    box.bottom = Math.max(box.bottom, row + 1);
    box.left = Math.min(box.left, column);
    box.right = Math.max(box.right, column + 1);
  });
  return box;
}

// Return the ink as an image of 0 … 1: scaled to 20/28 of it, its centre of mass in the middle.
function centred(ink, side, height, width) {
  const box = boxAround(ink, side);
  const image = new Float32Array(height * width);
  if (box.bottom <= box.top) return image;
  const scale = Math.max(box.bottom - box.top, box.right - box.left) / (Math.min(height, width) * 20 / 28);
  const high = Math.max(1, Math.round((box.bottom - box.top) / scale));
  const wide = Math.max(1, Math.round((box.right - box.left) / scale));
  const small = shrunk(ink, side, box, high, wide);
  let [mass, down, across] = [0, 0, 0];
  small.forEach((value, place) => {
    mass += value;
    down += value * (Math.floor(place / wide) + 0.5);
    across += value * ((place % wide) + 0.5);
  });
  const top = Math.round(height / 2 - down / mass);
  const left = Math.round(width / 2 - across / mass);
  small.forEach((value, place) => {
    const [y, x] = [top + Math.floor(place / wide), left + (place % wide)];
    if (y >= 0 && y < height && x >= 0 && x < width) image[y * width + x] = value;
  });
  return image;
}

function asDrawn(ink, side, height, width) {
  return shrunk(ink, side, { top: 0, left: 0, bottom: side, right: side }, height, width);
}
