/**
 * A form that loses nothing: it warns before leaving with unsaved changes and sends only once. In a conflict the side
 * chosen for a field (`<input type="radio" name="choose-…">`) is marked.
 */
import type { Mount } from '../lib/islands';

export const mount: Mount = (element) => {
  const form = element as HTMLFormElement;
  const refused = form.querySelector('[role="alert"], [aria-invalid="true"]') !== null;
  const before = refused ? '' : snapshot(form);
  const leaving = new AbortController();
  let sent = false;

  const warn = (event: BeforeUnloadEvent): void => {
    if (!sent && form.isConnected && snapshot(form) !== before) event.preventDefault();
  };

  form.addEventListener('submit', (event) => {
    if (form.dataset.confirm && !form.dataset.agreed) return;
    if (sent) return event.preventDefault();
    sent = true;
    const button = event.submitter as HTMLButtonElement | null;
    button?.setAttribute('aria-busy', 'true');
  });
  form.addEventListener('htmx:afterRequest', () => release(form, () => (sent = false)));
  window.addEventListener('pageshow', () => release(form, () => (sent = false)), leaving);
  form.addEventListener('change', (event) => {
    const choice = event.target as HTMLInputElement;
    if (choice.type === 'radio' && choice.name.startsWith('choose-')) markChosen(choice);
  });
  window.addEventListener('beforeunload', warn, leaving);
  return () => leaving.abort();
};

/** What the form would send, files by name. */
export function snapshot(form: HTMLFormElement): string {
  const pairs = [...new FormData(form)].map(([name, value]) => [name, typeof value === 'string' ? value : value.name]);
  return JSON.stringify(pairs);
}

function release(form: HTMLFormElement, done: () => void): void {
  done();
  for (const button of form.querySelectorAll('[aria-busy]')) button.removeAttribute('aria-busy');
}

/** Show which side of a difference is taken. */
function markChosen(choice: HTMLInputElement): void {
  for (const cell of choice.closest('tr')?.cells ?? []) cell.classList.toggle('chosen', cell.contains(choice));
}
