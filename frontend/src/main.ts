/** Loaded by every page: styles, HTMX, and the mounting of islands. Islands and their libraries load only where used. */
import './styles/index.scss';
import './generated/icons.svg';
import './images/panshi.svg';
import htmx from './lib/htmx';
import { mountAll } from './lib/islands';
import { guardRequests } from './lib/requests';
import { listenForKeys } from './lib/keys';
import { keepMenusTidy } from './lib/menus';
import { watchTables } from './lib/tables';
import { loadText } from './lib/text';

async function start(): Promise<void> {
  await loadText(document.documentElement.lang);
  guardRequests(document);
  listenForKeys(document);
  keepMenusTidy(document);
  mountAll(document);
  watchTables(document);
  htmx.onLoad((element) => {
    mountAll(element as HTMLElement);
    watchTables(element as HTMLElement);
  });
}

void start();
