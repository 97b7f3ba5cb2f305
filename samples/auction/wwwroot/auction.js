import { Realtime } from '/realtime.js';

const $ = (selector, under = document) => under.querySelector(selector);
const euros = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR', maximumFractionDigits: 0 });
const lots = new Map();
let me = null;
let rt = null;
let ahead = 0;  // how far the house's clock is ahead of ours

/** Anew under a name: who somebody is, is decided when they come in. */
function enter(name) {
  rt?.close();
  me = name;
  // A storage of its own for each name: another person does not resume this one's session.
  rt = new Realtime(undefined, { data: name ? { name } : undefined, storage: null });
  rt.on('state', ({ state }) => { $('#link').textContent = state; });
  rt.on('goodbye', ({ reason }) => { $('#said').textContent = reason; });
  clock(rt);
  const client = rt;
  show(client).catch((error) => {
    // The reason of a refused connection says more than the calls that went down with it.
    $('#said').textContent = client.reason?.message ?? error.message;
    $('#name').hidden = false;
  });
}

async function clock(client) {
  for await (const item of client.subscribe('clock:house')) {
    if (item.type === 'message') ahead = item.data.now - Date.now();
  }
}

async function show(client) {
  const all = await client.call('lots');
  $('#lots').replaceChildren(...all.map((lot) => card(client, lot)));
}

function card(client, lot) {
  const article = $('#lot').content.cloneNode(true).firstElementChild;
  $('h2', article).textContent = lot.title;
  const room = client.subscribe(`auction:${lot.id}`, { presence: { name: me ?? 'somebody' }, history: 5 });
  const people = () => { $('.room', article).textContent = `${room.members.size} in the room`; };
  for (const change of ['joined', 'left', 'roster']) room.on(change, people);
  const paint = (now) => {
    lots.set(lot.id, { lot: now, article });
    $('.price strong', article).textContent = euros.format(now.price);
    $('.price span', article).textContent = now.bidder ? `by ${now.bidder}` : 'no bid yet';
    article.classList.toggle('mine', me !== null && now.bidder === me);
    $('[name=amount]', article).min = now.price + (now.bidder ? 1 : 0);
  };
  paint(lot);
  follow(room, article, paint);
  $('form', article).onsubmit = async (event) => {
    event.preventDefault();
    $('#said').textContent = '';
    try {
      paint(await client.call('bid', { lot: lot.id, amount: $('[name=amount]', article).valueAsNumber }));
      event.target.reset();
    } catch (error) {
      $('#said').textContent = error.message;
    }
  };
  return article;
}

async function follow(room, article, paint) {
  for await (const item of room) {
    if (item.type !== 'message') continue;
    paint(item.data);
    if (!item.data.bidder) continue;
    const line = document.createElement('li');
    line.textContent = `${euros.format(item.data.price)} by ${item.data.bidder}`;
    $('ol', article).prepend(line);
    $('ol', article).children[5]?.remove();
  }
}

setInterval(() => {
  for (const { lot, article } of lots.values()) {
    const left = Math.max(0, Math.ceil((lot.endsAt - Date.now() - ahead) / 1000));
    $('.time', article).textContent = left > 0 ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')} left` : lot.bidder ? `sold to ${lot.bidder}` : 'not sold';
    $('button', article).disabled = left === 0 || me === null;
  }
}, 200);

$('#name').onsubmit = (event) => {
  event.preventDefault();
  $('#name').hidden = true;
  enter(new FormData(event.target).get('name').trim());
};

enter(null);
