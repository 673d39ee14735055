// Colours and numbers: blue above 0, orange below, and the page's own where a number is 0.

let palette = null;

function readPalette() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => {
    const hex = style.getPropertyValue(name).trim().slice(1);
    return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
  };
  palette = { above: read("--above"), below: read("--below"), zero: read("--zero"), ink: read("--ink") };
  palette.classes = ["--below", "--above", "--third", "--fourth", "--fifth", "--sixth"].map(read);
}

// Return red, green and blue of a number between −1 and 1; of a class, above 0 in its own colour.
function signed(value, above = palette.above) {
  return mixed(value < 0 ? palette.below : above, Math.min(1, Math.abs(value)) ** 0.7);
}

function mixed(end, share) {
  return palette.zero.map((zero, k) => zero + share * (end[k] - zero));
}

function grey(value) {
  const level = 255 * Math.min(1, Math.max(0, value));
  return [level, level, level];
}

function css([red, green, blue]) {
  return `rgb(${Math.round(red)} ${Math.round(green)} ${Math.round(blue)})`;
}

function largest(numbers) {
  return numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

// Return the place of the largest number.
function bestOf(numbers) {
  return numbers.indexOf(numbers.reduce((most, value) => Math.max(most, value), -Infinity));
}

// Return a number as it is read aloud: three digits that count, and a true minus.
function written(value) {
  const size = Math.abs(value);
  if (size === 0 || !Number.isFinite(value)) return `${size === 0 ? 0 : value}`;
  if (size < 1e5 && size >= 5e-4) {
    const digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3;
    return value.toFixed(digits).replace("-", "−");
  }
  const [front, power] = value.toExponential(0).split("e");
  const raised = power.replace("+", "").replace(/./g, (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]);
  return `${front.replace("-", "−")}·10${raised}`;
}

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name in made && name !== "list") made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

// A slider: `take` gets its number when it is moved.
function sliderOf(name, min, max, take) {
  const slider = element("input", { type: "range", min, max, step: "any" });
  slider.setAttribute("aria-label", name);
  slider.addEventListener("input", () => take(Number(slider.value)));
  return slider;
}

function line(context, from, to, colour, thick) {
  context.strokeStyle = css(colour);
  context.lineWidth = thick;
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
}

// Return a canvas with a pixel for each number of an image, whose range is given.
function imageOf(numbers, [height, width, channels], { low, high }) {
  const canvas = element("canvas", { width, height });
  const pixels = new ImageData(width, height);
  for (let pixel = 0; pixel < height * width; pixel++) {
    const colours = [0, 1, 2].map((k) => numbers[pixel * channels + (k % channels)]);
    const levels = colours.map((value) => grey((value - low) / (high - low || 1))[0]);
    pixels.data.set([...levels, 255], 4 * pixel);
  }
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  return canvas;
}

// Make a canvas sharp on any screen; return its context, on which a unit is a pixel of the page.
function sharp(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  return context;
}
