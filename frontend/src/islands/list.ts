/**
 * A list that can be worked through by keyboard: j/k move, Enter or o opens, x picks, / searches in it, f opens its
 * conditions; a click on a row opens its record. Picked rows show the bar of bulk acts, a picked page offers everything
 * that matches. The rows are `<tr data-url=…>`, picks `<input type="checkbox" name="pk">`.
 */
import { isTyping } from '../lib/keys';
import type { Mount } from '../lib/islands';

export const mount: Mount = (element) => {
  const rows = [...element.querySelectorAll<HTMLTableRowElement>('tbody tr[data-url]')];
  const picks = [...element.querySelectorAll<HTMLInputElement>('input[name="pk"]')];
  const all = element.querySelector<HTMLInputElement>('[data-all]');
  const bar = element.querySelector<HTMLElement>('[data-bulk]');
  const everything = element.querySelector<HTMLElement>('[data-everything]');
  let at = -1;
  let last = -1;

  const showPicked = (): void => {
    const count = picks.filter((pick) => pick.checked).length;
    for (const pick of picks) pick.closest('tr')?.setAttribute('aria-selected', String(pick.checked));
    if (all) {
      all.checked = count > 0 && count === picks.length;
      all.indeterminate = count > 0 && count < picks.length;
    }
    if (!bar) return;
    if (everything) {
      everything.hidden = count === 0 || count < picks.length;
      if (everything.hidden) everything.querySelector('input')!.checked = false;
    }
    bar.hidden = count === 0;
    bar.querySelector('[data-picked]')!.textContent = String(count);
  };

  const pickAll = (checked: boolean): void => {
    for (const pick of picks) pick.checked = checked;
    showPicked();
  };

  const moveTo = (index: number): void => {
    rows[at]?.classList.remove('at');
    at = Math.max(0, Math.min(index, rows.length - 1));
    const row = rows[at];
    row?.classList.add('at');
    row?.querySelector<HTMLElement>('.title a, a')?.focus({ preventScroll: true });
    row?.scrollIntoView?.({ block: 'nearest' });
  };

  const pick = (box: HTMLInputElement, through: boolean): void => {
    const index = picks.indexOf(box);
    if (through && last >= 0) {
      const [from, to] = [Math.min(last, index), Math.max(last, index)];
      for (const between of picks.slice(from, to + 1)) between.checked = box.checked;
    }
    last = index;
    showPicked();
  };

  const search = (): HTMLInputElement | null => {
    const field = document.querySelector<HTMLInputElement>('#list-q');
    field?.focus();
    field?.select();
    return field;
  };
  const conditions = (): HTMLElement | null => document.querySelector<HTMLElement>('#list [data-key="f"]');

  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector('dialog[open], details.menu[open]')) return;
    if (event.key === 'j') moveTo(at + 1);
    else if (event.key === 'k') moveTo(at - 1);
    else if (event.key === 'x' && at >= 0) rows[at]?.querySelector<HTMLInputElement>('input[name="pk"]')?.click();
    else if (event.key === '/' && search()) event.stopImmediatePropagation();
    else if (event.key === 'f' && conditions()) conditions()!.click();
    else if (event.key === 'o' && at >= 0) rows[at]?.querySelector<HTMLElement>('.title a, a')?.click();
    else return;
    event.preventDefault();
  };

  element.addEventListener('click', (event) => {
    const target = event.target as Element;
    if (target instanceof HTMLInputElement && target.name === 'pk') return pick(target, event.shiftKey);
    if (target === all) return pickAll(all.checked);
    if (target.closest('[data-none]')) return pickAll(false);
    const row = target.closest<HTMLTableRowElement>('tr[data-url]');
    if (!row?.dataset.url || target.closest('a, button, input, label, .pick') || getSelection()?.toString()) return;
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.url, '_blank', 'noopener');
    else row.querySelector<HTMLElement>('.title a')?.click();
  });
  element.addEventListener('focusin', (event) => {
    const index = rows.indexOf((event.target as Element).closest('tr') as HTMLTableRowElement);
    if (index >= 0 && index !== at) {
      rows[at]?.classList.remove('at');
      rows[(at = index)]?.classList.add('at');
    }
  });
  const onChip = (event: KeyboardEvent): void => {
    if (event.key !== 'Delete' && event.key !== 'Backspace') return;
    const chip = event.target instanceof Element ? event.target.closest('#list .chip') : null;
    const remove = chip?.querySelector<HTMLElement>('.remove');
    if (!remove || isTyping(event.target)) return;
    event.preventDefault();
    remove.click();
  };
  document.addEventListener('keydown', onKey, true);
  document.addEventListener('keydown', onChip);
  showPicked();
  return () => {
    document.removeEventListener('keydown', onKey, true);
    document.removeEventListener('keydown', onChip);
  };
};
