'use strict';

// A small chat behind webhooks: it names its users, keeps rude words out, answers one call and prints what happens.
const { createServer } = require('node:http');
const { isSigned } = require('./signature.js');

const SECRETS = (process.env.SECRETS ?? 'a-secret-for-trying-things-only-32-characters').split(',');
const PORT = Number(process.env.PORT ?? 3000);
const LARGEST = 1024 * 1024;

const present = new Map();
const seen = new Set();

const hooks = {
  connect({ data }) {
    const name = String(data?.name ?? '');
    return /^[a-z]{1,20}$/.test(name)
      ? { user: { name, channels: { 'chat:*': ['subscribe', 'publish', 'presence'] } } }
      : { code: 'unauthorized', message: 'say who you are: data.name, of a to z' };
  },

  subscribe({ channel }) {
    return channel === 'chat:closed' ? { allow: false, message: 'this room is closed' } : {};
  },

  publish({ user, data }) {
    const text = String(data?.text ?? '').trim();
    if (text === '') {
      return { code: 'bad_request', message: 'say something' };
    }

    return { data: { from: user, text: text.replaceAll(/\bdarn\b/gi, '****') } };
  },

  call({ method, data }) {
    return method === 'who' ? { data: [...(present.get(data?.channel) ?? [])].sort() } : { code: 'not_found', message: 'there is only the method who' };
  },

  event(happened) {
    // An event may come twice, under the same id.
    if (seen.has(happened.id)) {
      return {};
    }

    seen.add(happened.id);
    const members = present.get(happened.channel) ?? new Set();
    if (happened.event === 'member_joined') {
      present.set(happened.channel, members.add(happened.user));
    } else if (happened.event === 'member_left') {
      members.delete(happened.user);
    }

    console.log(`${happened.event} ${happened.channel ?? happened.session} ${happened.user ?? ''}`.trim());
    return {};
  },
};

const server = createServer((request, response) => {
  const chunks = [];
  let size = 0;
  request.on('data', (chunk) => {
    size += chunk.length;
    if (size > LARGEST) {
      request.destroy();
    } else {
      chunks.push(chunk);
    }
  });
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    if (!isSigned(request.headers['realtime-signature'], body, SECRETS)) {
      response.writeHead(401).end();
      return;
    }

    const asked = JSON.parse(body);
    const answer = hooks[asked.hook]?.(asked);
    if (answer === undefined) {
      response.writeHead(404).end();
      return;
    }

    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
  });
});

server.listen(PORT, '127.0.0.1', () => console.log(`listening on http://localhost:${server.address().port}/realtime`));
