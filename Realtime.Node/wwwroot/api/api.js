// A page to try the API on: everything it shows comes from the description that the server makes of its routes.

const $ = id => document.getElementById(id);
const EXAMPLES = {
  'post /api/v1/publish': '{\n  "channel": "chat:lobby",\n  "data": {"text": "hello"}\n}',
  'post /api/v1/batch': '{\n  "messages": [\n    {"channel": "chat:lobby", "data": {"text": "one"}},\n    {"channel": "chat:lobby", "data": {"text": "two"}}\n  ]\n}',
  'post /api/v1/ingest': '{"channel": "chat:lobby", "data": {"text": "one"}}\n{"channel": "chat:lobby", "data": {"text": "two"}}\n',
};
const PLACES = { name: 'chat:lobby', user: 'ann', prefix: 'chat:' };

let routes = [];
let chosen;

function make(tag, attributes, ...children) {
  const element = Object.assign(document.createElement(tag), attributes);
  element.append(...children);
  return element;
}

function short(path) {
  return path.replace('/api/v1/', '');
}

function choose(route) {
  chosen = route;
  for (const link of $('routes').querySelectorAll('a')) {
    const current = decodeURIComponent(link.hash) === '#' + route.id;
    link.setAttribute('aria-current', current ? 'page' : 'false');
    if (current) {
      link.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }
  }

  $('title').replaceChildren(make('b', { className: route.method, textContent: route.method.toUpperCase() }), ' ', make('code', { textContent: route.path }));
  $('says').textContent = `${route.summary} ${route.description}`;
  $('parameters').replaceChildren(...route.parameters.map(parameter => {
    const input = make('input', { name: parameter.name, autocomplete: 'off', spellcheck: false, required: parameter.in === 'path', value: parameter.in === 'path' ? PLACES[parameter.name] ?? '' : '' });
    input.dataset.in = parameter.in;
    return make('label', {}, parameter.name, make('small', { textContent: parameter.in === 'path' ? ' needed' : ` ${parameter.in}` }), input);
  }));
  $('body-field').hidden = !route.body;
  $('body-type').textContent = route.body ?? '';
  $('body').value = route.body ? EXAMPLES[route.id.replace('-', ' ')] ?? (route.path.endsWith('disconnect') ? '{"reconnect": true, "reason": "trying"}' : '{"reason": "trying"}') : '';
  $('status').textContent = '';
  $('answer').textContent = 'Nothing has been sent yet.';
  show();
}

function asked() {
  let path = chosen.path;
  const query = new URLSearchParams();
  const headers = {};
  for (const input of $('parameters').querySelectorAll('input')) {
    const value = input.value;
    if (input.dataset.in === 'path') {
      path = path.replace(`{${input.name}}`, encodeURIComponent(value));
    } else if (value && input.dataset.in === 'query') {
      query.set(input.name, value);
    } else if (value) {
      headers[input.name] = value;
    }
  }

  if (chosen.body) {
    headers['Content-Type'] = chosen.body;
  }

  return { url: location.origin + path + (query.size ? `?${query}` : ''), headers, body: chosen.body ? $('body').value : undefined };
}

function quote(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function show() {
  const { url, headers, body } = asked();
  const lines = [`curl ${chosen.method === 'get' ? '' : '-X POST '}${quote(url)}`];
  if ($('key').value) {
    // The secret is not shown: commands are copied into places where many read.
    lines.push('-H "Authorization: Bearer $REALTIME_API_KEY"');
  }

  lines.push(...Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`));
  if (body) {
    lines.push(`--data-binary ${quote(body)}`);
  }

  $('curl').textContent = lines.join(' \\\n  ');
}

async function send(event) {
  event.preventDefault();
  const { url, headers, body } = asked();
  if ($('key').value) {
    headers.Authorization = `Bearer ${$('key').value}`;
  }

  $('send').disabled = true;
  $('status').textContent = 'Waiting…';
  $('status').className = '';
  const started = performance.now();
  try {
    const response = await fetch(url, { method: chosen.method.toUpperCase(), headers, body, redirect: 'error' });
    const text = await response.text();
    $('status').textContent = `${response.status} in ${Math.round(performance.now() - started)} ms`;
    $('status').className = response.ok ? 'good' : 'bad';
    $('answer').textContent = pretty(text);
  } catch (error) {
    $('status').textContent = 'No answer';
    $('status').className = 'bad';
    $('answer').textContent = String(error);
  } finally {
    $('send').disabled = false;
  }
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function follow() {
  choose(routes.find(route => '#' + route.id === decodeURIComponent(location.hash)) ?? routes[0]);
}

try {
  const description = await (await fetch('v1/openapi.json')).json();
  routes = Object.entries(description.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({
    id: `${method}-${path}`,
    path,
    method,
    summary: operation.summary ?? '',
    description: operation.description ?? '',
    parameters: operation.parameters ?? [],
    body: operation.requestBody ? Object.keys(operation.requestBody.content)[0] : null,
  })));
  $('routes').replaceChildren(...routes.map(route =>
    make('li', {}, make('a', { href: '#' + route.id }, make('b', { className: route.method, textContent: route.method.toUpperCase() }), make('span', { textContent: short(route.path) })))));
  $('send').disabled = false;
  $('request').addEventListener('submit', send);
  document.addEventListener('input', show);
  window.addEventListener('hashchange', follow);
  follow();
} catch (error) {
  $('title').textContent = 'The description cannot be read.';
  $('says').textContent = String(error);
}
