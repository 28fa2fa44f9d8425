/**
 * Quick opinions: a click puts the words into the opinion of the form, after what stands there already.
 * `<div data-island="opinions"><button type="button" data-says="同意。">…</button></div>`; Ctrl+Enter in the opinion sends
 * the form by its primary button.
 */
import type { Mount } from '../lib/islands';

export const mount: Mount = (element) => {
  const form = element.closest('form');
  const words = form?.querySelector<HTMLTextAreaElement>('[data-opinion]');
  if (!form || !words) return;
  element.addEventListener('click', (event) => {
    const said = (event.target as Element).closest<HTMLElement>('[data-says]')?.dataset.says;
    if (said === undefined) return;
    words.value = words.value.trim() ? `${words.value.trimEnd()} ${said}` : said;
    words.dispatchEvent(new Event('input', { bubbles: true }));
    words.focus();
  });
  words.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector<HTMLButtonElement>('[data-primary], .btn-primary, .btn-danger'));
  });
};
