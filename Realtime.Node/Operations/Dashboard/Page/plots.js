// The plots together: one time for all, one crosshair through all, one legend for all.

import { onRepaint, slotOf } from './colours.js';
import { byId, el, mark, say, show, swatch } from './elements.js';
import { Plot } from './plot.js';
import { MEASURES, Series } from './series.js';
import { byName, span, time } from './words.js';

const ROWS = 12;

export class Plots {
  constructor(watch) {
    this._watch = watch;
    this._series = new Series();
    this._cross = null;     // moment under the pointer
    this._plots = MEASURES.map((_, index) => new Plot(index));
    this._tip = byId('tip');
    byId('plots').prepend(...this._plots.map((plot) => plot.root));
    watch.addEventListener('cluster', () => this._add());
    watch.addEventListener('focus', () => this._draw());
    onRepaint(() => this._draw());
    new ResizeObserver(() => { for (const plot of this._plots) plot.resize(); this._draw(); }).observe(byId('plots'));
    for (const plot of this._plots) this._listen(plot);
    byId('plots').addEventListener('keydown', (event) => this._key(event));
    byId('plots').addEventListener('blur', () => this._leave());
  }

  _add() {
    this._series.add(Date.now(), this._watch.cluster.nodes.filter((node) => node.status !== 'dead'));
    this._legend();
    this._draw();
  }

  _draw() {
    const last = this._series.last;
    if (!last || byId('plots').offsetParent === null) return;
    for (const plot of this._plots) if (!plot.root.hidden) { plot.resize(); plot.draw(this._series, last.at, this._watch.focus); }
    this._point();
  }

  _point() {
    if (!this._series.last) return null;
    const crossed = this._cross !== null;
    const sample = crossed ? this._series.at(this._cross) : this._series.last;
    for (const plot of this._plots) if (!plot.root.hidden) plot.point(sample, crossed, this._watch.focus);
    say(byId('plots-when'), crossed && sample ? `at ${time(sample.at)}` : `last ${span(Math.round(this._series.window / 1000))}`);
    return sample;
  }

  _legend() {
    const names = this._series.names().sort(byName);
    const key = names.join('\n');
    if (this._named === key) return;
    this._named = key;
    byId('legend').replaceChildren(...names.map((name) => {
      const button = el('a', { href: `#/nodes/${encodeURIComponent(name)}`, 'data-node': name }, swatch(slotOf(name)), el('span', {}, name));
      for (const [type, to] of [['pointerenter', name], ['pointerleave', null], ['focus', name], ['blur', null]]) button.addEventListener(type, () => this._watch.point(to));
      return el('li', {}, button);
    }));
  }

  _listen(plot) {
    plot.stage.addEventListener('pointermove', (event) => {
      const box = plot.stage.getBoundingClientRect();
      this._cross = plot.moment(event.clientX - box.left);
      const sample = this._point();
      this._show(plot, sample, event.clientX, box.top);
    });
    plot.stage.addEventListener('pointerleave', () => this._leave());
  }

  _leave() {
    this._cross = null;
    show(this._tip, false);
    this._point();
  }

  /** With the keys the crosshair goes from answer to answer, and the values in the captions follow. */
  _key(event) {
    const { samples } = this._series;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.target !== byId('plots') || samples.length === 0 || (!step && event.key !== 'Escape')) return;
    event.preventDefault();
    if (!step) { this._leave(); return; }
    const here = this._cross === null ? samples.length - 1 : samples.indexOf(this._series.at(this._cross));
    this._cross = samples[Math.min(samples.length - 1, Math.max(0, here + step))].at;
    this._point();
    say(byId('plots-words'), this._plots.filter((plot) => !plot.root.hidden).map((plot) => plot.root.firstChild.textContent).join(', '));
  }

  _show(plot, sample, x, top) {
    if (!sample) { show(this._tip, false); return; }
    const { measure, index } = plot;
    const rows = [...sample.values].filter(([, values]) => values[index] !== null && values[index] !== undefined)
      .sort(([a, left], [b, right]) => right[index] - left[index] || byName(a, b));
    this._tip.replaceChildren(
      el('strong', {}, `${measure.title} at ${time(sample.at)}`),
      ...rows.slice(0, ROWS).map(([name, values]) => el('span', { 'data-on': name === this._watch.focus ? 'true' : null }, swatch(slotOf(name)), el('span', {}, name), el('b', {}, measure.text(values[index])))),
      ...(rows.length > ROWS ? [el('em', {}, `and ${rows.length - ROWS} more`)] : []));
    show(this._tip, true);
    const { offsetWidth: width, offsetHeight: height } = this._tip;
    const left = x + width + 24 > innerWidth ? x - width - 14 : x + 14;
    this._tip.style.transform = `translate(${Math.max(6, left)}px, ${Math.max(6, Math.min(innerHeight - height - 6, top - 8))}px)`;
    mark(this._tip, 'data-plot', measure.id);
  }
}
