import { beforeEach, describe, expect, it, vi } from 'vitest';
import { mount } from '../src/islands/list';
import { press, show } from './page';

const row = (pk: number): string =>
  `<tr data-url="/accounts/${pk}/"><td class="pick"><input type="checkbox" name="pk" value="${pk}"></td>
   <td class="title"><a href="#${pk}">客户 ${pk}</a></td></tr>`;

let list: HTMLElement;
const rows = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>('tbody tr')];
const picks = (): HTMLInputElement[] => [...list.querySelectorAll<HTMLInputElement>('[name="pk"]')];
const bar = (): HTMLElement => list.querySelector<HTMLElement>('[data-bulk]')!;

beforeEach(() => {
  list = show(`<form><table><thead><tr><th><input type="checkbox" data-all></th></tr></thead>
    <tbody>${[1, 2, 3, 4].map(row).join('')}</tbody></table>
    <div data-bulk hidden><b data-picked></b><button type="button" data-none></button></div></form>`);
  return mount(list, undefined) as () => void;
});

describe('working through a list by keyboard', () => {
  it('moves with j and k and stays inside', () => {
    press('j');
    press('j');
    expect(rows()[1]?.classList.contains('at')).toBe(true);
    press('k');
    press('k');
    press('k');
    expect(rows().map((each) => each.classList.contains('at'))).toEqual([true, false, false, false]);
    expect(document.activeElement).toBe(rows()[0]?.querySelector('a'));
  });

  it('picks with x and opens with o', () => {
    const opened = vi.fn((event: Event) => event.preventDefault());
    for (const link of list.querySelectorAll('a')) link.addEventListener('click', opened);
    press('j');
    press('x');
    expect(picks()[0]?.checked).toBe(true);
    press('o');
    expect((opened.mock.lastCall?.[0].target as HTMLElement).textContent).toBe('客户 1');
  });

  it('leaves letters to fields and to keys held with control', () => {
    const field = list.appendChild(document.createElement('input'));
    press('j', field);
    press('j', document.body, { ctrlKey: true });
    expect(rows().some((each) => each.classList.contains('at'))).toBe(false);
  });
});

describe('picking rows', () => {
  it('shows the bar with the count while something is picked', () => {
    expect(bar().hidden).toBe(true);
    picks()[2]!.click();
    expect(bar().hidden).toBe(false);
    expect(bar().textContent).toContain('1');
    expect(rows()[2]?.getAttribute('aria-selected')).toBe('true');
    list.querySelector<HTMLElement>('[data-none]')!.click();
    expect(bar().hidden).toBe(true);
  });

  it('picks a range with shift and all with the head', () => {
    picks()[0]!.click();
    picks()[2]!.dispatchEvent(new MouseEvent('click', { bubbles: true, shiftKey: true }));
    expect(picks().map((each) => each.checked)).toEqual([true, true, true, false]);
    const all = list.querySelector<HTMLInputElement>('[data-all]')!;
    expect(all.indeterminate).toBe(true);
    all.click();
    expect(picks().every((each) => each.checked)).toBe(true);
  });
});

it('opens the record of a clicked row, but not from a control in it', () => {
  const opened: string[] = [];
  for (const link of list.querySelectorAll('a')) {
    link.addEventListener('click', (event) => (event.preventDefault(), opened.push(link.textContent!)));
  }
  rows()[1]!.querySelector<HTMLElement>('.pick')!.click();
  rows()[3]!.click();
  expect(opened).toEqual(['客户 4']);
});

describe('everything that matches', () => {
  const offered = (): HTMLElement => list.querySelector<HTMLElement>('[data-everything]')!;

  beforeEach(() => {
    list.querySelector('[data-bulk]')!.insertAdjacentHTML(
      'afterbegin',
      '<label data-everything hidden><input type="checkbox" name="everything"></label>',
    );
    return mount(list, undefined) as () => void;
  });

  it('is offered once the whole page is picked, and taken back with it', () => {
    picks()[0]!.click();
    expect(offered().hidden).toBe(true);
    list.querySelector<HTMLInputElement>('[data-all]')!.click();
    expect(offered().hidden).toBe(false);
    offered().querySelector('input')!.checked = true;
    picks()[1]!.click();
    expect(offered().hidden).toBe(true);
    expect(offered().querySelector('input')!.checked).toBe(false);
  });
});

describe('searching and narrowing by keyboard', () => {
  beforeEach(() => {
    list.id = 'list';
    list.insertAdjacentHTML(
      'afterbegin',
      `<input id="list-q" value="恒达"><a data-key="f" href="#f">条件</a>
       <span class="chip"><a class="plain" href="#edit">地区</a><a class="remove" href="#gone">x</a></span>`,
    );
  });

  it('goes to the search field with / and opens the conditions with f', () => {
    press('/');
    expect(document.activeElement?.id).toBe('list-q');
    const opened = vi.fn((event: Event) => event.preventDefault());
    list.querySelector('[data-key="f"]')!.addEventListener('click', opened);
    press('f');
    expect(opened).toHaveBeenCalledOnce();
  });

  it('takes a condition away with Delete on its chip', () => {
    const removed = vi.fn((event: Event) => event.preventDefault());
    list.querySelector('.remove')!.addEventListener('click', removed);
    press('Delete', list.querySelector<HTMLElement>('.chip .plain')!);
    expect(removed).toHaveBeenCalledOnce();
    press('Delete', list.querySelector<HTMLElement>('#list-q')!);
    expect(removed).toHaveBeenCalledOnce();
  });
});
