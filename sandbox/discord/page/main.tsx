import { render } from 'preact';
import { Client } from './client.js';
import { App } from './components/app.js';
import { Toasts } from './components/toast.js';
import { ClientContext } from './hooks.js';
import './styles/index.css';

const DEFAULT_PERSON = 'mira';
const DEFAULT_PLACE = 'training';

/** `#/mira/training`: who, and which channel. */
function addressed(): [person: string, place: string] {
  const [person = '', place = ''] = location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  return [person === '' ? DEFAULT_PERSON : person, place === '' ? DEFAULT_PLACE : place];
}

const client = new Client(...addressed());
window.addEventListener('hashchange', () => {
  client.open(...addressed());
});
client.open(...addressed());

const root = document.getElementById('app');
if (root !== null) {
  render(
    <ClientContext.Provider value={client}>
      <Toasts>
        <App />
      </Toasts>
    </ClientContext.Provider>,
    root,
  );
}
