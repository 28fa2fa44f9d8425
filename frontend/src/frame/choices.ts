/** Buttons that choose: `<button data-choice="theme" value="dark">`, or with `data-values="wide narrow"` one that switches. */
import htmx from '../lib/htmx';
import { choose, chosen } from '../lib/choices';
import { showMoney } from '../lib/money';
import type { Mount } from '../lib/islands';

export const mount: Mount = (element) => {
  element.addEventListener('click', (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>('[data-choice]');
    if (!button) return;
    const name = button.dataset.choice!;
    const [on, off] = (button.dataset.values ?? '').split(' ');
    const value = button.value || (chosen(name) === off ? on! : off!);
    choose(name, value);
    for (const other of document.querySelectorAll<HTMLButtonElement>(`[data-choice="${name}"][value]`)) {
      other.setAttribute('aria-pressed', String(other.value === value));
    }
    if (name === 'money') showMoney(document, value);
    const address = element.dataset.url;
    if (name === 'theme' && address) void htmx.ajax('post', address, { values: { [name]: value }, swap: 'none' });
  });
};
