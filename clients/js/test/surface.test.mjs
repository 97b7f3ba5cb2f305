import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Realtime } from '../realtime.js';
import { Harness } from './harness.mjs';

const types = readFileSync(new URL('../realtime.d.ts', import.meta.url), 'utf8');

/** Members that the declarations promise for a class or interface. */
function promised(declaration) {
  const start = types.indexOf(declaration);
  assert.ok(start >= 0, `${declaration} is not declared`);
  const body = types.slice(start, types.indexOf('\n}', start));
  const names = [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:<(]/gm)].map((match) => match[1]).filter((name) => name !== 'constructor');
  assert.ok(names.length > 5, `${declaration} has members`);
  return names;
}

test('everything that is declared exists', () => {
  const rt = new Harness().client();
  const sub = rt.subscribe('chat:a');
  assert.deepEqual(promised('export class Realtime {').filter((name) => !(name in rt)), []);
  assert.deepEqual(promised('export interface Subscription<').filter((name) => !(name in sub)), []);
  assert.equal(typeof sub[Symbol.asyncIterator], 'function');
  rt.disconnect();
});

test('everything public that exists is declared', () => {
  const names = Object.getOwnPropertyNames(Realtime.prototype).filter((name) => !name.startsWith('_') && name !== 'constructor');
  assert.deepEqual(names.filter((name) => !promised('export class Realtime {').includes(name)), []);
});
