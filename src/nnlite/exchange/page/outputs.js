// What the network says: a bar for each output, and what is true of the sample.

const MOST_BARS = 20;

function outputOf(app, output) {
  const { slot, names } = output;
  const size = count(app.network.shapes[slot]);
  const truth = element("p", { className: "truth" });
  const rows = size > MOST_BARS ? [] : Array.from({ length: size }, (_, index) => {
    const name = names?.length === size ? names[index] : size > 1 ? `${index}` : "y";
    const [bar, value] = [element("span", { className: "bar" }), element("output")];
    const row = element("button", { className: "answer", onclick: () => select(app, slot, index) },
      element("span", { className: "name", title: name }, name), bar, value);
    return { row, bar, value };
  });

  function draw() {
    const a = app.flow.a[slot];
    const likely = a.every((value) => value >= 0 && value <= 1);
    const most = likely ? 1 : largest(a) || 1;
    const best = bestOf(a);
    rows.forEach(({ row, bar, value }, index) => {
      drawBar(bar, a[index], most);
      bar.classList.toggle("whole", likely);
      value.textContent = likely ? `${(100 * a[index]).toFixed(1)} %` : written(a[index]);
      row.classList.toggle("best", size > 1 && index === best);
    });
    truth.textContent = truthOf(app, output, best);
  }
  return { parts: [element("div", { className: "rows answers" }, ...rows.map(({ row }) => row)), truth], draw };
}

function rowOfTruth(app, truth) {
  if (!truth || app.sample === null) return null;
  const at = truth.at + app.sample * truth.shape[1];
  return app.numbers.subarray(at, at + truth.shape[1]);
}

// Return what is true of the sample; of a class with a tick if the network says the same.
function truthOf(app, { slot, truth, names }, best) {
  const row = rowOfTruth(app, truth);
  if (!row || app.network.shapes[slot].length > 1) return "";
  const a = app.flow.a[slot];
  const isOneHot = Array.from(row).filter(Boolean).join() === "1";
  const isShare = stepOf(app.network, slot)?.activation.name === "sigmoid";
  const isClass = a.length === 1 ? isShare : row.length === 1 || isOneHot;
  if (!isClass) return say("truth", Array.from(row.slice(0, MOST_BARS), written).join(", "));
  const right = row.length === 1 ? row[0] : row.indexOf(1);
  const said = a.length === 1 ? Number(a[0] > 0.5) : best;
  return say("truth", `${names?.[right] ?? right} ${said === right ? "✓" : "✗"}`);
}
