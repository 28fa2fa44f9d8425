/**
 * Drawer and dialog that are filled by HTMX: a link with `hx-get` and `hx-target="#drawer-body"` opens it with the answer.
 * The server closes it with the header `HX-Trigger: panshi:close`, a form with `data-closes` when it was answered well;
 * a heading in the content becomes its name.
 */
import { closeOnBackdrop } from '../lib/dialogs';
import type { Mount } from '../lib/islands';

export const mount: Mount = (element) => {
  const dialog = element as HTMLDialogElement;
  const body = dialog.firstElementChild as HTMLElement;
  closeOnBackdrop(dialog);
  body.addEventListener('htmx:afterSwap', (event) => {
    if (event.target !== body) return;
    dialog.setAttribute('aria-label', body.querySelector('h1, h2')?.textContent ?? '');
    if (!dialog.open) dialog.showModal();
    body.querySelector<HTMLElement>('[autofocus], input:not([type=hidden]), select, textarea')?.focus();
  });
  body.addEventListener('click', (event) => {
    if ((event.target as Element).closest('[data-close]')) dialog.close();
  });
  body.addEventListener('htmx:afterRequest', (event) => {
    const { elt, successful } = (event as CustomEvent<{ elt: HTMLElement; successful: boolean }>).detail;
    if (successful && elt.matches('[data-closes]')) dialog.close();
  });
  dialog.addEventListener('close', () => body.replaceChildren());
  const close = (): void => dialog.close();
  document.addEventListener('panshi:close', close);
  return () => document.removeEventListener('panshi:close', close);
};
