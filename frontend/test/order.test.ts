import { expect, it, vi } from 'vitest';
import htmx from '../src/lib/htmx';
import { keys, mount } from '../src/islands/order';
import { show } from './page';

const html = `<table data-url="/order/"><tbody>${['1', '2', '3'].map((key) => `<tr data-key="${key}"><td>${key}</td></tr>`).join('')}</tbody></table>`;

function drag(type: string, row: Element, clientY = 0): void {
  row.dispatchEvent(Object.assign(new Event(type, { bubbles: true, cancelable: true }), { clientY }));
}

it('sends the whole order after a drop, and nothing when nothing moved', () => {
  const sent = vi.spyOn(htmx, 'ajax').mockResolvedValue(undefined as never);
  const table = show(html);
  mount(table, undefined);
  const body = table.querySelector('tbody')!;
  const [first, , third] = [...body.querySelectorAll('tr')];
  drag('dragstart', first!);
  drag('dragend', first!);
  expect(sent).not.toHaveBeenCalled();
  drag('dragstart', first!);
  drag('dragover', third!, 5);
  drag('dragend', first!);
  expect(keys(body)).toEqual(['2', '3', '1']);
  expect(sent).toHaveBeenCalledWith('post', '/order/', { values: { order: ['2', '3', '1'] }, swap: 'none' });
});
