/**
 * The search and command box: what may be done is filtered here, records are asked from the server as a fragment of
 * `<a role="option" id=… href=…>`. Arrows move, Enter opens, Ctrl+Enter opens beside.
 */
import { closeOnBackdrop } from '../lib/dialogs';
import { debounce } from '../lib/timing';
import type { Mount } from '../lib/islands';

const WAIT = 120;

export const mount: Mount = (element) => {
  const dialog = element as HTMLDialogElement;
  const field = dialog.querySelector('input')!;
  const found = dialog.querySelector<HTMLElement>('[data-found]')!;
  const commands = [...dialog.querySelectorAll<HTMLElement>('[data-commands] [role="option"]')];
  const list = dialog.querySelector<HTMLElement>('[role="listbox"]')!;
  const none = dialog.querySelector<HTMLElement>('[data-none]')!;
  const address = dialog.dataset.url;
  let asked = 0;

  const options = (): HTMLElement[] => [...dialog.querySelectorAll<HTMLElement>('[role="option"]:not([hidden])')];

  const select = (option: HTMLElement | undefined): void => {
    for (const other of dialog.querySelectorAll('[aria-selected]')) other.removeAttribute('aria-selected');
    if (!option) return field.removeAttribute('aria-activedescendant');
    option.setAttribute('aria-selected', 'true');
    option.scrollIntoView?.({ block: 'nearest' });
    field.setAttribute('aria-activedescendant', option.id);
  };

  const settle = (): void => {
    const open = options();
    select(open[0]);
    none.hidden = open.length > 0;
    list.hidden = open.length === 0;
  };

  const search = async (words: string): Promise<void> => {
    const mine = ++asked;
    if (!address || !words) {
      found.replaceChildren();
      return settle();
    }
    const answer = await fetch(`${address}?q=${encodeURIComponent(words)}`, { headers: { 'HX-Request': 'true' } });
    if (mine !== asked || !answer.ok) return;
    found.innerHTML = await answer.text();
    settle();
  };
  const searchSoon = debounce((words: string) => void search(words), WAIT);

  field.addEventListener('input', (event) => {
    if ((event as InputEvent).isComposing) return;
    const words = field.value.trim();
    for (const command of commands) command.hidden = !matches(command, words);
    settle();
    searchSoon(words);
  });
  field.addEventListener('compositionend', () => field.dispatchEvent(new Event('input')));
  field.addEventListener('keydown', (event) => {
    const open = options();
    const at = open.findIndex((option) => option.getAttribute('aria-selected') === 'true');
    if (event.key === 'ArrowDown') select(open[Math.min(at + 1, open.length - 1)]);
    else if (event.key === 'ArrowUp') select(open[Math.max(at - 1, 0)]);
    else if (event.key === 'Enter' && !event.isComposing) follow(open[at], event.ctrlKey || event.metaKey);
    else return;
    event.preventDefault();
  });
  dialog.addEventListener('close', () => {
    field.value = '';
    found.replaceChildren();
    for (const command of commands) command.hidden = false;
    list.hidden = false;
    none.hidden = true;
    select(undefined);
  });
  closeOnBackdrop(dialog);
};

/** Whether a command's words hold every word typed. */
function matches(command: HTMLElement, words: string): boolean {
  const own = (command.dataset.words ?? '').toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => own.includes(word));
}

function follow(option: HTMLElement | undefined, beside: boolean): void {
  const address = option?.getAttribute('href');
  if (!address) return;
  if (beside) window.open(address, '_blank', 'noopener');
  else location.assign(address);
}
