// Any number of clients in one Node process: JSON lines in, JSON lines out.
//   { id, client, method, given } → { id, value } or { id, error }
// The first argument is the address of the client's module.

import { createInterface } from 'node:readline';
import { Driver } from './driver.mjs';

const { Realtime } = await import(process.argv[2]);
const clients = new Map();

async function act({ client, method, given }) {
  if (method === 'open') clients.set(client, new Driver(Realtime, ...given));
  else return clients.get(client)[method](...given);
}

async function answer(line) {
  const request = JSON.parse(line);
  let outcome;
  try {
    outcome = { value: (await act(request)) ?? null };
  } catch (error) {
    outcome = { error: String(error.stack ?? error) };
  }
  process.stdout.write(`${JSON.stringify({ id: request.id, ...outcome })}\n`);
}

// Whatever the client has to say to people must not be taken for an answer.
console.log = console.warn = (...words) => process.stderr.write(`${words.join(' ')}\n`);
createInterface({ input: process.stdin }).on('line', answer).on('close', () => process.exit(0));
