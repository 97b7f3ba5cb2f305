// One colour for each node, the same on the map, in the plots and in lists. The ten tones (tones.css) were chosen to be as far apart as can be for normal
// sight and for the three kinds of colour blindness, and to stand out from the panel with a contrast of at least 3.

import { byName } from './words.js';

const TONES = 10;
const slots = new Map();

function preferred(name) {
  const digits = /(\d+)$/.exec(name);
  if (digits) return Number(digits[1].slice(-6)) % TONES;
  let hash = 2166136261;
  for (const letter of name) hash = Math.imul(hash ^ letter.codePointAt(0), 16777619) >>> 0;
  return hash % TONES;
}

/** Gives each new name the tone that its number or its letters ask for, or the next one that the fewest have. A name keeps its tone while the page lives. */
export function learn(names) {
  for (const name of names.filter((one) => !slots.has(one)).sort(byName)) {
    const used = new Array(TONES).fill(0);
    for (const slot of slots.values()) used[slot]++;
    const least = Math.min(...used);
    let slot = preferred(name);
    while (used[slot] > least) slot = (slot + 1) % TONES;
    slots.set(name, slot);
  }
}

export function slotOf(name) {
  if (!slots.has(name)) learn([name]);
  return slots.get(name);
}

let painted = null;
const onScheme = new Set();

/** Colours as canvases need them, in the scheme of the moment. */
export function paint() {
  if (painted) return painted;
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  painted = {
    tones: Array.from({ length: TONES }, (_, i) => read(`--tone-${i}`)),
    panel: read('--panel'), sunken: read('--sunken'), ink: read('--ink'), soft: read('--soft'), line: read('--line'), edge: read('--edge'),
    accent: read('--accent'), bad: read('--bad'), wait: read('--wait'), font: read('--sans'), mono: read('--mono'),
  };
  return painted;
}

export const onRepaint = (then) => onScheme.add(then);

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  painted = null;
  for (const then of onScheme) then();
});
