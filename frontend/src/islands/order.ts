/**
 * Rows put in order by dragging: `<table data-island="order" data-url="/…/order/">` whose rows carry `data-key`.
 * Each row keeps its own up and down buttons, so nobody needs a mouse; a drop sends the whole order at once.
 */
import htmx from '../lib/htmx';
import type { Mount } from '../lib/islands';

export const mount: Mount = (element) => {
  const body = element.querySelector('tbody')!;
  let held: HTMLElement | null = null;
  let before = '';

  for (const row of rows(body)) row.draggable = true;
  body.addEventListener('dragstart', (event) => {
    held = (event.target as HTMLElement).closest<HTMLElement>('tr[data-key]');
    before = keys(body).join();
    held?.classList.add('held');
    if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move';
  });
  body.addEventListener('dragover', (event) => {
    const over = (event.target as HTMLElement).closest<HTMLElement>('tr[data-key]');
    if (!held || !over) return;
    event.preventDefault();
    if (over === held) return;
    const { top, height } = over.getBoundingClientRect();
    over[event.clientY > top + height / 2 ? 'after' : 'before'](held);
  });
  body.addEventListener('drop', (event) => event.preventDefault());
  body.addEventListener('dragend', () => {
    held?.classList.remove('held');
    held = null;
    const order = keys(body);
    if (order.join() !== before) void htmx.ajax('post', element.dataset.url!, { values: { order }, swap: 'none' });
  });
};

function rows(body: HTMLElement): HTMLElement[] {
  return [...body.querySelectorAll<HTMLElement>('tr[data-key]')];
}

/** The keys of the rows as they stand. */
export function keys(body: HTMLElement): string[] {
  return rows(body).map((row) => row.dataset.key!);
}
