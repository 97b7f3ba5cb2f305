// Pictures of the dashboard of a node or a lighthouse that runs, wide and on a phone, light and dark:
//   node bench/dashboard/look.mjs FOLDER http://localhost:9080 [name=hash …] [--only-wide] [--only-phone] [--only-light] [--only-dark] [--long] [--hover] [--fold]

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { launch } from './chromium.mjs';

const [folder, address, ...asked] = process.argv.slice(2);
if (!address) throw new Error('FOLDER and the address of an operators’ listener are needed.');
const has = (name) => asked.includes(`--${name}`);
const pages = asked.filter((one) => !one.startsWith('--')).map((one) => one.split(/=(.*)/));
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
await mkdir(folder, { recursive: true });
const browser = await launch();
const sizes = [['wide', { width: 1440, height: 900 }], ['phone', { width: 390, height: 844, phone: true }]].filter(([name]) => !has('only-wide') || name === 'wide').filter(([name]) => !has('only-phone') || name === 'phone');
for (const scheme of ['light', 'dark'].filter((one) => !has('only-dark') || one === 'dark').filter((one) => !has('only-light') || one === 'light')) {
  for (const [size, metrics] of sizes) {
    for (const [name, hash = ''] of pages.length > 0 ? pages : [['overview', '']]) {
      const page = await browser.page({ ...metrics, scheme });
      await page.go(new URL(hash, address).href);
      await wait(has('long') ? 20_000 : 5_000);
      if (has('hover')) await page.call('Input.dispatchMouseEvent', { type: 'mouseMoved', x: 1300, y: 300 });
      await wait(300);
      const file = join(folder, `${name}-${size}-${scheme}.png`);
      await writeFile(file, await page.picture(!has('fold')));
      const over = await page.run('document.documentElement.scrollWidth - innerWidth');
      console.log(file, over > 0 ? `hangs over by ${over} px` : '', page.complaints.join('\n'));
    }
  }
}
await browser.close();
