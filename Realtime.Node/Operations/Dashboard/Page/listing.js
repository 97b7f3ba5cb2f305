// A list in pages, with filters that stand in the address: a link to it shows the same list, and "back" is the page before.

import { el, show, table } from './elements.js';
import { list } from './words.js';

const PAGE = 100;

/** `path` is asked with the query of the address; `row` makes a table row of an item; `filters` are `{ name, label, options? }`. */
export function listPage(api, { title, path, items, columns, filters, query, row, hash, empty }) {
  const inputs = filters.map(({ name, label, options }) => {
    const input = options
      ? el('select', { name }, [['', 'any'], ...options].map(([value, text]) => el('option', { value, selected: value === (query[name] ?? '') }, text ?? value)))
      : el('input', { name, value: query[name] ?? '', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' });
    return el('label', { class: 'field' }, el('span', {}, label), input);
  });
  const form = el('form', { class: 'filters' }, inputs, el('button', { type: 'submit', class: 'button' }, 'Show'));
  const go = (more) => {
    const all = new URLSearchParams();
    for (const [name, value] of [...new FormData(form), ...Object.entries(more)]) if (value) all.set(name, value);
    location.hash = `${hash}${all.size > 0 ? `?${all}` : ''}`;
  };
  form.addEventListener('submit', (event) => { event.preventDefault(); go({}); });
  const data = table(title, columns);
  show(data.root, false);
  const note = el('p', { class: 'note', role: 'status' }, 'Asking every node…');
  const next = el('button', { type: 'button', class: 'button', hidden: true }, 'Next page');
  const root = el('div', { class: 'page' },
    el('header', { class: 'page-head' }, el('h1', {}, title), form),
    el('section', { class: 'panel' }, data.root, el('footer', { class: 'pager' }, note, next)));
  const stop = new AbortController();

  const load = async () => {
    try {
      const page = await api.get(path, { ...query, limit: PAGE }, { signal: stop.signal });
      const found = items(page);
      data.body.replaceChildren(...found.map(row));
      show(data.root, found.length > 0);
      note.textContent = [
        found.length === 0 ? empty : `${found.length} shown${query.after ? ', after the pages before' : ''}.`,
        page.unreachable.length > 0 && `Not asked, because they do not answer: ${list(page.unreachable, 9)}.`,
      ].filter(Boolean).join(' ');
      show(next, page.next !== null);
      next.onclick = () => go({ after: page.next });
    } catch (error) {
      if (stop.signal.aborted) return;
      show(data.root, false);
      note.textContent = error.message;
      if (error.status === undefined) reportError(error);
    }
  };
  load();
  api.addEventListener('key', load);
  return { root, title, close: () => { stop.abort(); api.removeEventListener('key', load); } };
}
