/** Keys that work on every page. A page's own keys are the business of its islands. */

/** Whether the person is typing, so that letters are letters. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
    !/^(checkbox|radio|button|submit)$/.test((target as HTMLInputElement).type)
  );
}

/** Open a dialog by its id; nothing when it is open already or another one lies above the page. */
export function open(id: string): void {
  const dialog = document.getElementById(id);
  if (dialog instanceof HTMLDialogElement && !document.querySelector('dialog[open]')) dialog.showModal();
}

/** Listen for the page-wide keys and for buttons that open a dialog (`data-opens="id"`). */
export function listenForKeys(page: Document): void {
  page.addEventListener('keydown', (event) => {
    if (event.isComposing || event.altKey) return;
    const withControl = event.ctrlKey || event.metaKey;
    if (withControl && event.key.toLowerCase() === 'k') act(event, () => open('command'));
    else if (withControl || isTyping(event.target) || page.querySelector('dialog[open]')) return;
    else if (event.key === '/') act(event, () => open('command'));
    else if (event.key === '?') act(event, () => open('keyboard'));
    else if (event.key === 'g') act(event, () => page.querySelector<HTMLElement>('.brand')?.click());
    else if (event.key === 'n') act(event, () => page.querySelector<HTMLElement>('[data-key="n"]')?.click());
  });
  page.addEventListener('click', (event) => {
    const opener = (event.target as Element).closest<HTMLElement>('[data-opens]');
    if (opener?.dataset.opens) open(opener.dataset.opens);
  });
}

function act(event: Event, what: () => void): void {
  event.preventDefault();
  what();
}
