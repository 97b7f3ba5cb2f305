// The dialog that stands before every action: it says what will happen, and stays open when it could not be done.

import { byId, el, mark, say, show } from './elements.js';
import { list } from './words.js';

/** Events of `api` tell what the key may do: buttons marked `data-action` are shut while it may only look. */
export class Actions {
  constructor(api, watch, notices) {
    Object.assign(this, { api, _watch: watch, _notices: notices });
    this._dialog = byId('confirm');
    byId('confirm-form').addEventListener('submit', (event) => { event.preventDefault(); this._perform(); });
    byId('confirm-cancel').addEventListener('click', () => this._dialog.close());
    this._dialog.addEventListener('close', () => { this._asked = null; this._from?.focus(); });
    api.addEventListener('right', () => this._rights());
    // Where a button is shut, its click says why: a dead button at night is a riddle.
    document.addEventListener('click', (event) => {
      if (!event.target.closest?.('[data-action][aria-disabled=true]')) return;
      event.preventDefault();
      event.stopPropagation();
      this._notices.tell('wait', 'This key may look and do nothing. To act, enter the key that may (the button at the top right).');
    }, true);
  }

  /**
   * Asks before it does. `lines` are sentences; `typed` has to be typed in; `fields` are nodes for what else there is to say;
   * `perform` does it and answers an `ActionResult`.
   */
  confirm(asked) {
    this._asked = asked;
    this._from = document.activeElement;
    say(byId('confirm-title'), asked.title);
    byId('confirm-text').replaceChildren(...asked.lines.map((line) => el('p', {}, line)), ...(asked.fields ?? []));
    say(byId('confirm-go'), asked.verb);
    mark(byId('confirm-go'), 'class', asked.danger ? 'button danger' : 'button primary');
    show(byId('confirm-fault'), false);
    show(byId('confirm-typed'), Boolean(asked.typed));
    byId('confirm-name').value = '';
    say(byId('confirm-what'), asked.typed ?? '');
    this._busy(false);
    this._dialog.showModal();
    // What is pressed without looking should be the harmless one.
    (asked.typed ? byId('confirm-name') : byId('confirm-cancel')).focus();
  }

  _busy(busy) {
    mark(this._dialog, 'aria-busy', busy);
    byId('confirm-go').disabled = busy;
  }

  async _perform() {
    const asked = this._asked;
    if (asked.typed && byId('confirm-name').value.trim() !== asked.typed) {
      this._fault(`Type “${asked.typed}” to confirm.`);
      byId('confirm-name').focus();
      return;
    }
    this._busy(true);
    show(byId('confirm-fault'), false);
    try {
      const result = await asked.perform();
      if (this._asked !== asked) return;
      const failed = result.nodes?.filter((node) => !node.ok) ?? [];
      this._dialog.close();
      this._notices.tell(failed.length > 0 ? 'bad' : 'good',
        failed.length > 0 ? `${result.text} Not done on ${list(failed.map((node) => `${node.node}${node.text ? ` (${node.text})` : ''}`))}` : result.text || 'Done.');
      asked.done?.(result);
      this._watch.refresh();
    } catch (error) {
      if (error.status === undefined) reportError(error);
      if (this._asked === asked) this._fault(error.status === 403 ? `Refused: ${error.message}` : error.message);
      else this._notices.tell('bad', error.message);
    } finally {
      if (this._asked === asked) this._busy(false);
    }
  }

  _fault(text) {
    say(byId('confirm-fault'), text);
    show(byId('confirm-fault'), true);
  }

  /** A button for an action: shut while the key may only look. */
  button(label, press, { kind = '', hint = null } = {}) {
    const button = el('button', { type: 'button', class: `button ${kind}`, 'data-action': 'true', 'data-hint': hint, onclick: press }, label);
    this._guard(button);
    return button;
  }

  _rights() {
    mark(document.body, 'data-right', this.api.right ?? 'unknown');
    for (const button of document.querySelectorAll('[data-action]')) this._guard(button);
  }

  _guard(button) {
    mark(button, 'aria-disabled', this.api.mayAct ? null : 'true');
    mark(button, 'title', this.api.mayAct ? button.dataset.hint ?? null : 'This key may only look');
  }
}

/** Short messages at the edge. What went wrong stays until it is closed. */
export class Notices {
  constructor() {
    this._list = byId('notices');
  }

  tell(tone, text) {
    const close = el('button', { type: 'button', class: 'quiet', 'aria-label': 'Close this message' }, '×');
    const item = el('div', { 'data-tone': tone, 'data-testid': 'notice' }, el('span', {}, text), close);
    close.addEventListener('click', () => item.remove());
    this._list.append(item);
    while (this._list.children.length > 4) this._list.firstChild.remove();
    if (tone !== 'bad') setTimeout(() => item.remove(), 9_000);
  }
}
