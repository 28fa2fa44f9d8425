/** Menus are `<details class="menu">`: they work without scripts; this closes them when the person goes elsewhere. */

/** Keep at most one menu open; Esc closes it and returns the focus, arrows move inside it. */
export function keepMenusTidy(page: Document): void {
  page.addEventListener('click', (event) => closeOthers(page, event.target as Element));
  page.addEventListener('focusin', (event) => closeOthers(page, event.target as Element));
  page.addEventListener('keydown', (event) => {
    const menu = (event.target as Element).closest<HTMLDetailsElement>('details.menu[open]');
    if (!menu) return;
    if (event.key === 'Escape') {
      menu.open = false;
      menu.querySelector('summary')?.focus();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      step(menu, event.key === 'ArrowDown' ? 1 : -1);
    }
  });
}

function closeOthers(page: Document, target: Element): void {
  for (const menu of page.querySelectorAll<HTMLDetailsElement>('details.menu[open]')) {
    if (!menu.contains(target)) menu.open = false;
  }
}

function step(menu: HTMLElement, by: number): void {
  const items = [...menu.querySelectorAll<HTMLElement>('.menu-list :is(a, button, input)')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  items[(at + by + items.length) % items.length]?.focus();
}
