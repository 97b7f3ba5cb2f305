// How smoothly the dashboard of a cluster that runs is drawn: scrolls the overview up and down, and reads the frames from the browser's own trace.
//   node bench/dashboard/frames.mjs http://localhost:9080 [--seconds 10] [--still]
// Prints the intervals between frames as requestAnimationFrame saw them, and how long the main thread worked for a frame: the first depends on how busy
// the machine is otherwise, the second hardly.

import { launch } from './chromium.mjs';

const address = process.argv[2];
if (!address) throw new Error('The address of an operators’ listener is needed.');
const option = (name, otherwise) => { const at = process.argv.indexOf(`--${name}`); return at < 0 ? otherwise : Number(process.argv[at + 1]); };
const seconds = option('seconds', 10);
const still = process.argv.includes('--still');
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const part = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
const figures = (values, unit) => {
  const sorted = [...values].sort((a, b) => a - b);
  return `median ${part(sorted, 0.5).toFixed(2)} ${unit}, p95 ${part(sorted, 0.95).toFixed(2)}, p99 ${part(sorted, 0.99).toFixed(2)}, most ${sorted.at(-1).toFixed(2)}`;
};

const browser = await launch();
const page = await browser.page({ width: 1440, height: 900 });
await page.go(address);
await wait(6_000);
const cells = Number(await page.run(`document.getElementById('map').dataset.cells`));
if (!(cells > 0)) throw new Error('The map has no cells.');

const events = [];
page.hear((message) => { if (message.method === 'Tracing.dataCollected') events.push(...message.params.value); });
const complete = new Promise((resolve) => page.hear((message) => { if (message.method === 'Tracing.tracingComplete') resolve(); }));
await page.call('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: ['devtools.timeline', 'blink.user_timing'] } });
const intervals = await page.run(`new Promise((resolve) => {
  const began = performance.now();
  const found = [];
  let last = began;
  const frame = (now) => {
    found.push(now - last);
    last = now;
    ${still ? '' : 'scrollTo(0, (1 - Math.cos((now - began) / 900)) / 2 * (document.documentElement.scrollHeight - innerHeight));'}
    if (now - began < ${seconds * 1000}) requestAnimationFrame(frame);
    else resolve(found.slice(1));
  };
  requestAnimationFrame(frame);
})`);
await page.call('Tracing.end');
await complete;

const main = events.filter((event) => event.ph === 'X' && event.dur !== undefined);
const sum = (name) => main.filter((event) => event.name === name).map((event) => event.dur / 1000);
const frames = sum('FireAnimationFrame');
const work = ['FireAnimationFrame', 'Layout', 'UpdateLayoutTree', 'Paint', 'PrePaint', 'Layerize', 'Commit'];
const total = work.reduce((all, name) => all + sum(name).reduce((a, b) => a + b, 0), 0);
const late = intervals.filter((each) => each > 25).length;
console.log(`${cells} shards, ${still ? 'standing still' : 'scrolling'}, ${seconds} s`);
console.log(`frames:      ${intervals.length} (${(intervals.length / seconds).toFixed(1)} per second), ${late} later than 25 ms`);
console.log(`interval:    ${figures(intervals, 'ms')}`);
console.log(`script:      ${figures(frames, 'ms')} per callback; ${(frames.reduce((a, b) => a + b, 0) / intervals.length).toFixed(2)} ms per frame`);
console.log(`main thread: ${(total / intervals.length).toFixed(2)} ms per frame (script, layout, paint, commit), of 16.7`);
console.log(`long tasks:  ${main.filter((event) => event.name === 'RunTask' && event.dur > 50_000).length} over 50 ms`);
if (page.complaints.length > 0) console.log(page.complaints.join('\n'));
await browser.close();
