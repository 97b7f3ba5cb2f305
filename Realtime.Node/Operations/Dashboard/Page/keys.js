// The dialog that asks for the key, and the button that shows which one is used.

import { byId, mark, say, show } from './elements.js';

export class KeyDialog {
  constructor(api) {
    this._api = api;
    const dialog = byId('key');
    api.addEventListener('locked', () => this.open(true));
    api.addEventListener('right', () => this._paint());
    byId('key-button').addEventListener('click', () => this.open(false));
    byId('key-cancel').addEventListener('click', () => dialog.close());
    byId('key-form').addEventListener('submit', (event) => {
      event.preventDefault();
      api.use(byId('key-value').value.trim(), byId('key-name').value.trim());
      dialog.close();
      this._paint();
    });
    this._paint();
  }

  open(refused) {
    const dialog = byId('key');
    // Several answers may come at once; what somebody is typing must not be taken away.
    if (dialog.open) return;
    byId('key-value').value = refused ? '' : this._api.key;
    byId('key-name').value = this._api.name;
    say(byId('key-fault'), refused && this._api.key ? 'This key is not known here.' : '');
    show(byId('key-fault'), refused && this._api.key !== '');
    dialog.showModal();
    byId('key-value').focus();
  }

  _paint() {
    const { right, key } = this._api;
    say(byId('key-button').lastElementChild, right === 'view' ? 'View only' : key ? 'Key' : 'No key');
    mark(byId('key-button'), 'data-right', right ?? 'unknown');
  }
}
