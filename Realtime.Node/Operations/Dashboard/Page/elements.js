// The few lines that make DOM nodes. Text always goes in as text: nothing on this page parses HTML, because node names, users,
// channels and log lines are other people's words.

const SVG = 'http://www.w3.org/2000/svg';

export const byId = (id) => document.getElementById(id);

/** `el('p', { class: 'x', onclick: f }, 'text', node)`; attributes and children that are null, undefined or false are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  const use = document.createElementNS(SVG, 'use');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  return svg;
}

/** Sets an attribute only when it changes: polls come every second, and nothing should be laid out again for an equal value. */
export function mark(node, name, value) {
  if (value === null || value === false) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
  } else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, String(value));
}

export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function show(node, shown) {
  if (node.hidden === shown) node.hidden = !shown;
}

/** A small square in the colour of a node, so that its name is found again on the map and in the plots. */
export const swatch = (slot) => el('i', { class: `swatch tone-${slot}`, 'aria-hidden': 'true' });

/** A table cell that says its column's name where the table is folded into cards. */
export const cell = (label, ...children) => el('td', { 'data-label': label }, ...children);

/** Table with a header and an empty body. */
export function table(label, columns) {
  const body = el('tbody');
  const head = el('thead', {}, el('tr', {}, columns.map(([name, title, kind]) => el('th', { scope: 'col', title, class: kind }, name))));
  return { root: el('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': label }, el('table', { class: 'data' }, head, body)), body };
}
