"use strict";
// Every picture but the first holds only what is new, and is drawn onto the one before it.
const film = JSON.parse(document.getElementById("film").textContent);
const canvas = document.querySelector("canvas"), pen = canvas.getContext("2d");
const [play, place, number] = ["play", "place", "number"].map((id) => document.getElementById(id));
const last = film.pictures.length - 1;
let pictures = [], shown = -1, timer = null;

function show(wanted) {
  const target = Math.min(Math.max(wanted, 0), last);
  for (let k = target > shown ? shown + 1 : 0; k <= target; k++) pen.drawImage(pictures[k], 0, 0);
  shown = target;
  place.value = shown;
  number.textContent = `${shown + 1} / ${last + 1}`;
}

function pause() {
  clearTimeout(timer);
  timer = null;
  play.textContent = "play";
}

function start() {
  play.textContent = "pause";
  timer = setTimeout(() => {
    show(shown === last ? 0 : shown + 1);
    start();
  }, 1000 * film.seconds[shown]);
}

function go(wanted) {
  pause();
  show(wanted);
}

const actions = {
  first: () => go(0),
  back: () => go(shown - 1),
  play: () => (timer === null ? start() : pause()),
  next: () => go(shown + 1),
  last: () => go(last),
};
const keys = { Home: "first", ArrowLeft: "back", " ": "play", ArrowRight: "next", End: "last" };

async function begin() {
  [canvas.width, canvas.height] = film.size;
  pictures = await Promise.all(film.pictures.map(async (coded) => {
    const picture = new Image();
    picture.src = `data:image/png;base64,${coded}`;
    await picture.decode();
    return picture;
  }));
  place.max = last;
  place.addEventListener("input", () => go(Number(place.value)));
  for (const id of ["first", "back", "play", "next"]) {
    document.getElementById(id).addEventListener("click", actions[id]);
  }
  document.addEventListener("keydown", (event) => {
    if (!(event.key in keys) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    actions[keys[event.key]]();
  });
  show(0);
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) start();
}

begin();
