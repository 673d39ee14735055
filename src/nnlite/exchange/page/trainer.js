// Train on: step by step or without pause, with the rate and the batch size of two sliders.

const [FRAME, MOST_LOSSES] = [30, 1000];

function trainerOf(app) {
  const { training } = app;
  const curve = element("canvas");
  const loss = element("output", { className: "loss" });
  const message = element("p", { className: "hint" });
  const rate = ruler(say("rate"), -4, 1, Math.log10(training.rate), (value) => {
    training.rate = 10 ** value;
    return written(training.rate);
  });
  const batch = ruler(say("batch"), 0, 1, training.share ?? 1, (value) => {
    training.share = value;
    return `${sizeOfBatch(app)}`;
  });
  const play = element("button", { onclick: () => {
    app.running = !app.running;
    if (app.running) run();
  } });
  const step = element("button", { onclick: () => epoch(app) && recompute(app, true) }, say("epoch"));

  function run() {
    const begin = performance.now();
    while (app.running && performance.now() - begin < FRAME) app.running = epoch(app);
    recompute(app, true);
    window.cancelAnimationFrame(app.frame);
    if (app.running) app.frame = window.requestAnimationFrame(run);
  }

  function draw() {
    play.textContent = say(app.running ? "pause" : "train");
    batch.refresh();
    const said = app.history.at(-1);
    loss.textContent = said ? say("loss", app.epochs, written(said.loss)) : "";
    message.textContent = app.message;
    curve.hidden = app.history.length < 2;
    const [width, context] = [270, sharp(curve, 270, 60)];
    const most = largest(app.history.map((one) => one.loss).filter(Number.isFinite)) || 1;
    const places = app.history.map((one) => [(width * one.epoch) / app.epochs, 57 - (54 * one.loss) / most]);
    places.slice(1).forEach((place, k) => line(context, places[k], place, palette.above, 2));
  }
  const buttons = element("div", { className: "tools" }, play, step);
  const drop = element("p", { className: "hint" }, say("drop"));
  return { parts: [buttons, loss, curve, rate.row, batch.row, message, drop], draw };
}

function ruler(word, min, max, start, take) {
  const shown = element("output", {}, take(start));
  const refresh = () => (shown.textContent = take(Number(slider.value)));
  const slider = sliderOf(word, min, max, refresh);
  slider.value = start;
  return { row: element("label", { className: "ruler" }, element("span", {}, word), slider, shown), refresh };
}

function sizeOfBatch(app) {
  const many = Math.max(1, app.points.length);
  return Math.min(many, Math.max(1, Math.round(many ** (app.training.share ?? 1))));
}

// Go once through all points, in a new order if there are several batches; tell whether it went well.
function epoch(app) {
  if (app.points.length === 0) return false;
  const size = sizeOfBatch(app);
  const drawn = app.points.map((point) => [size < app.points.length ? Math.random() : 0, point]);
  const points = drawn.sort(([first], [second]) => first - second).map(([, point]) => point);
  let sum = 0;
  for (let at = 0; at < points.length; at += size) {
    const batch = points.slice(at, at + size);
    sum += trainOnBatch(app.network, app.training, batch, app.training.rate) * batch.length;
  }
  app.epochs += 1;
  app.history.push({ epoch: app.epochs, loss: sum / points.length });
  // A long history is thinned: each line of the curve stands for more epochs.
  if (app.history.length > MOST_LOSSES) app.history = app.history.filter((_, place) => place % 2);
  app.touched = true;
  if (Number.isFinite(sum)) return true;
  app.message = say("diverged");
  return false;
}
