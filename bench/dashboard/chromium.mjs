// Chromium over its debugging pipe: enough to open a page, look at it and measure it, without a package to install.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export async function launch(program = process.env.CHROMIUM ?? 'chromium') {
  const profile = await mkdtemp(join(tmpdir(), 'dashboard-'));
  const child = spawn(program, ['--headless=new', '--remote-debugging-pipe', '--no-sandbox', '--disable-gpu', '--no-first-run', '--hide-scrollbars', '--disable-background-networking', '--disable-component-update', `--user-data-dir=${profile}`, 'about:blank'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const [, , , to, from] = child.stdio;
  const waiting = new Map();
  const heard = new Set();
  let last = 0;
  let buffer = '';
  from.setEncoding('utf8').on('data', (data) => {
    buffer += data;
    for (let end = buffer.indexOf('\0'); end >= 0; end = buffer.indexOf('\0')) {
      const message = JSON.parse(buffer.slice(0, end));
      buffer = buffer.slice(end + 1);
      if (message.id) {
        const { resolve, reject } = waiting.get(message.id);
        waiting.delete(message.id);
        if (message.error) reject(new Error(message.error.message));
        else resolve(message.result);
      } else for (const hear of heard) hear(message);
    }
  });
  const send = (method, params = {}, sessionId = undefined) => new Promise((resolve, reject) => {
    waiting.set(++last, { resolve, reject });
    to.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
  });

  return {
    async page({ width, height, scheme = 'light', phone = false, scale = 1 }) {
      const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
      const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
      const call = (method, params) => send(method, params, sessionId);
      const complaints = [];
      heard.add((message) => {
        if (message.sessionId !== sessionId) return;
        if (message.method === 'Runtime.exceptionThrown') complaints.push(message.params.exceptionDetails.exception?.description ?? message.params.exceptionDetails.text);
        if (message.method === 'Log.entryAdded' && message.params.entry.level === 'error') complaints.push(`${message.params.entry.text} ${message.params.entry.url ?? ''}`);
      });
      for (const domain of ['Page', 'Runtime', 'Log']) await call(`${domain}.enable`);
      await call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: scale, mobile: phone });
      await call('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
      return {
        call,
        complaints,
        hear: (then) => heard.add((message) => { if (message.sessionId === sessionId) then(message); }),
        async run(expression) {
          const { result, exceptionDetails } = await call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
          if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
          return result.value;
        },
        go: (url) => call('Page.navigate', { url }),
        async picture(whole = false) {
          const { data } = await call('Page.captureScreenshot', { format: 'png', captureBeyondViewport: whole });
          return Buffer.from(data, 'base64');
        },
      };
    },
    async close() {
      await send('Browser.close').catch(() => child.kill());
      await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve()));
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
