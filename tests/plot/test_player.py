"""The keys of the page that plays a film, pressed in Node: what is drawn, and in which order."""

from __future__ import annotations

import json
import subprocess
from importlib.resources import files

from node import needs_node

# A page without a screen: four pictures, a pen that notes which of them it draws.
STAGE = """
const drawn = [], listeners = {}, elements = {};
const element = (id) => elements[id] ??= {
  id, on: {}, addEventListener(kind, action) { this.on[kind] = action; },
  textContent: id === "film" ? JSON.stringify(FILM) : "",
};
const FILM = {pictures: ["a", "b", "c", "d"], seconds: [9, 9, 9, 9], size: [40, 20]};
globalThis.document = {
  getElementById: element,
  querySelector: () => ({getContext: () => ({drawImage: (picture) => drawn.push(picture.name)})}),
  addEventListener: (kind, action) => { listeners[kind] = action; },
};
globalThis.Image = class { set src(url) { this.name = url.at(-1); } async decode() {} };
globalThis.matchMedia = () => ({matches: true});
const press = (key) => listeners.keydown({key, preventDefault() {}});
const state = () => [drawn.splice(0).join(""), elements.number.textContent];
"""

KEYS = """
setTimeout(() => {
  const seen = [["begin", ...state()]];
  for (const key of ["ArrowRight", "End", "ArrowRight", "ArrowLeft", "Home", "ArrowLeft"]) {
    press(key);
    seen.push([key, ...state()]);
  }
  elements.place.value = 2;
  elements.place.on.input();
  seen.push(["slider", ...state()]);
  press(" ");
  const playing = elements.play.textContent;
  press(" ");
  console.log(JSON.stringify([seen, playing, elements.play.textContent]));
}, 20);
"""


@needs_node
def test_keys_and_slider_draw_all_that_leads_to_a_frame():
    player = (files("nnlite.plot") / "player.js").read_text("utf-8")
    done = subprocess.run(
        ["node", "-e", STAGE + player + KEYS], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    seen, playing, paused = json.loads(done.stdout)
    assert seen == [
        ["begin", "a", "1 / 4"],
        ["ArrowRight", "b", "2 / 4"],
        ["End", "cd", "4 / 4"],
        ["ArrowRight", "abcd", "4 / 4"],
        ["ArrowLeft", "abc", "3 / 4"],
        ["Home", "a", "1 / 4"],
        ["ArrowLeft", "a", "1 / 4"],
        ["slider", "bc", "3 / 4"],
    ]
    assert (playing, paused) == ("pause", "play")
