// One plot: a line for each node. Drawn when an answer comes; what follows the pointer is on a canvas of its own above.

import { paint, slotOf } from './colours.js';
import { el, say } from './elements.js';
import { HOLE, MEASURES, Series, roundUp } from './series.js';

const TOP = 4;
const BOTTOM = 3;

export class Plot {
  constructor(index) {
    this.index = index;
    this.measure = MEASURES[index];
    this._ground = el('canvas', { 'aria-hidden': 'true' });
    this._above = el('canvas', { 'aria-hidden': 'true' });
    this.stage = el('div', { class: 'plot-stage' }, this._ground, this._above);
    this._value = el('span', { class: 'plot-value', 'data-testid': `value-${this.measure.id}` });
    this._top = el('span', { class: 'plot-top', 'aria-hidden': 'true' });
    this.root = el('figure', { class: 'plot', 'data-plot': this.measure.id },
      el('figcaption', {}, el('span', {}, this.measure.title), this.measure.note && el('small', {}, this.measure.note), this._value),
      this.stage, this._top);
    this.stage.append(this._top);
    this._width = 0;
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (width === 0 || (width === this._width && height === this._height)) return;
    [this._width, this._height] = [width, height];
    const ratio = Math.min(2, devicePixelRatio || 1);
    for (const canvas of [this._ground, this._above]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.getContext('2d').setTransform(ratio, 0, 0, ratio, 0, 0);
    }
  }

  draw(series, now, focus) {
    const g = this._ground.getContext('2d');
    const colours = paint();
    this._most = roundUp(Math.max(series.highest(this.index) * 1.04, this.measure.least ?? 1));
    this._now = now;
    this._span = series.window;
    g.clearRect(0, 0, this._width, this._height);
    g.strokeStyle = colours.line;
    g.lineWidth = 1;
    for (let part = 0; part <= 2; part++) {
      const y = Math.round(this._y(this._most * part / 2)) + 0.5;
      g.beginPath();
      g.moveTo(0, y);
      g.lineTo(this._width, y);
      g.stroke();
    }
    g.lineJoin = 'round';
    const names = series.names();
    // Whom the pointer is on comes last, so that nobody's line is above it.
    for (const name of focus ? [...names.filter((one) => one !== focus), ...names.filter((one) => one === focus)] : names) {
      g.globalAlpha = focus && name !== focus ? 0.16 : 1;
      g.strokeStyle = colours.tones[slotOf(name)];
      g.lineWidth = name === focus ? 2 : 1.25;
      this._line(g, series.samples, name);
    }
    g.globalAlpha = 1;
    say(this._top, `${this.measure.text(this._most)}${this.measure.unit ?? ''}`);
  }

  /** The value in the caption, and the line of the crosshair where there is one. */
  point(sample, crossed, focus) {
    const g = this._above.getContext('2d');
    g.clearRect(0, 0, this._width, this._height);
    const value = sample && (focus ? sample.values.get(focus)?.[this.index] ?? null : Series.whole(sample, this.index));
    say(this._value, value === null ? '–' : `${this.measure.text(value)}${this.measure.unit ?? ''}`);
    if (!crossed || !sample) return;
    const colours = paint();
    const x = Math.round(this._x(sample.at)) + 0.5;
    g.strokeStyle = colours.edge;
    g.beginPath();
    g.moveTo(x, 0);
    g.lineTo(x, this._height);
    g.stroke();
    for (const [name, values] of sample.values) {
      const one = values[this.index];
      if (one === null || one === undefined || (focus && name !== focus)) continue;
      g.fillStyle = colours.panel;
      g.beginPath();
      g.arc(x, this._y(one), 3.5, 0, 7);
      g.fill();
      g.fillStyle = colours.tones[slotOf(name)];
      g.beginPath();
      g.arc(x, this._y(one), 2.5, 0, 7);
      g.fill();
    }
  }

  /** The moment at a point of the plot. */
  moment(x) { return this._now - this._span + (x / this._width) * this._span; }

  _x(at) { return ((at - this._now + this._span) / this._span) * this._width; }
  _y(value) { return TOP + (1 - value / this._most) * (this._height - TOP - BOTTOM); }

  _line(g, samples, name) {
    let before = null;
    g.beginPath();
    for (const { at, values } of samples) {
      const value = values.get(name)?.[this.index] ?? null;
      if (value === null) { before = null; continue; }
      const x = this._x(at);
      if (before === null || at - before > HOLE) {
        g.moveTo(x, this._y(value));
        // A single value between two holes is a dot, or it would not be seen.
        g.lineTo(x + 0.01, this._y(value));
      } else g.lineTo(x, this._y(value));
      before = at;
    }
    g.stroke();
  }
}
