import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type EditorData, mount } from '../src/islands/rules';
import { addColumn, type Content, moveColumn, pasted, removeColumn, renameColumn, Sheet } from '../src/lib/sheet';
import { press, show } from './page';

const column = (name: string, kind = 'text') => ({ name, label: '', kind, choices: [], required: true, formula: '' });

function content(): Content {
  return {
    table: {
      policy: 'first',
      inputs: [column('a'), column('b', 'number')],
      outputs: [column('r')],
      rows: [
        { cells: ['甲', '> 1'], results: ['X'], note: '' },
        { cells: ['-', '-'], results: ['Y'], note: '其余' },
      ],
    },
    cases: [{ name: '一', values: { a: '甲', b: '2' }, expected: { r: 'X' } }],
  };
}

const clean = { errors: [], findings: [], broken: [], results: [], publishable: true, whole: true };

let leave: () => void;
let sent: { url: string; body: { content: Content; version?: number } }[];
let answers: Response[];

function open(data: Partial<EditorData> = {}): HTMLElement {
  const element = show('<div><input type="hidden" name="csrfmiddlewaretoken" value="secret"></div><div id="toasts"></div>');
  const urls = { check: '/check', save: '/save', publish: '/publish' };
  leave = mount(element, { content: content(), version: 3, fresh: false, key: 'k', urls, checked: clean, ...data } satisfies EditorData) as () => void;
  return element;
}

beforeEach(() => {
  localStorage.clear();
  sent = [];
  answers = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    sent.push({ url, body: JSON.parse(String(init.body)) });
    return Promise.resolve(answers.shift() ?? Response.json(clean));
  });
});

afterEach(() => {
  leave?.();
  vi.unstubAllGlobals();
});

const texts = (element: HTMLElement): string[][] =>
  [...element.querySelector<HTMLTableElement>('[role="grid"]')!.tBodies[0]!.rows].map((row) =>
    [...row.cells].slice(1).map((cell) => cell.querySelector('input')?.value ?? cell.textContent ?? ''),
  );
const saves = () => sent.filter((one) => one.url === '/save');
const active = (): HTMLInputElement => document.activeElement as HTMLInputElement;

function into(element: HTMLElement, row: number, place: number): void {
  const cell = element.querySelector<HTMLTableElement>('[role="grid"]')!.tBodies[0]!.rows[row]!.cells[place + 1]!;
  (cell.querySelector('input') ?? cell).dispatchEvent(new MouseEvent('mousedown', { bubbles: true, cancelable: true }));
  cell.querySelector('input')!.focus();
}

function type(text: string): void {
  active().value = text;
  active().dispatchEvent(new Event('input', { bubbles: true }));
}

it('moves by arrows and tab, and lets go at the very end', () => {
  const element = open();
  into(element, 0, 1);
  press('ArrowDown', active());
  expect(active().getAttribute('aria-label')).toContain('第 2 行');
  press('Tab', active());
  expect(active().value).toBe('Y');
  press('Tab', active());
  expect(active().value).toBe('其余');
  expect(press('Tab', active()).defaultPrevented).toBe(false);
});

it('takes what is typed on Enter, forgets it on Escape, undoes and redoes', () => {
  const element = open();
  into(element, 0, 1);
  press('ArrowLeft', active());
  type('乙');
  press('Escape', active());
  expect(texts(element)[0]![0]).toBe('甲');
  type('乙');
  press('Enter', active());
  expect(texts(element)[0]![0]).toBe('乙');
  press('z', active(), { ctrlKey: true });
  expect(texts(element)[0]![0]).toBe('甲');
  press('y', active(), { ctrlKey: true });
  expect(texts(element)[0]![0]).toBe('乙');
});

it('writes what was typed into its own cell only, also where moving the input tells a blur', () => {
  const remove = HTMLInputElement.prototype.remove;
  HTMLInputElement.prototype.remove = function (this: HTMLInputElement) {
    if (this === document.activeElement) this.dispatchEvent(new FocusEvent('blur'));
    remove.call(this);
  };
  const element = open();
  into(element, 0, 1);
  type('> 5');
  press('Enter', active());
  expect(texts(element).map((row) => row[1])).toEqual(['> 5', '-']);
  type('> 7');
  press('Enter', active(), { ctrlKey: true });
  expect(texts(element).map((row) => row[1])).toEqual(['> 5', '> 7', '-']);
  HTMLInputElement.prototype.remove = remove;
});

it('keeps a cell selected at one click and edits at the second', () => {
  const element = open();
  into(element, 0, 1);
  const again = new MouseEvent('mousedown', { bubbles: true, cancelable: true });
  active().dispatchEvent(again);
  expect(again.defaultPrevented).toBe(true);
  active().dispatchEvent(new MouseEvent('dblclick', { bubbles: true }));
  press('ArrowRight', active());
  expect(active().getAttribute('aria-label')).toContain('b');
});

it('inserts, moves and removes rows by keyboard', () => {
  const element = open();
  into(element, 0, 1);
  press('ArrowDown', active(), { altKey: true });
  expect(texts(element).map((row) => row[2])).toEqual(['Y', 'X']);
  press('Enter', active(), { ctrlKey: true });
  expect(texts(element)[2]).toEqual(['-', '-', '', '']);
  press('Delete', active(), { ctrlKey: true });
  expect(texts(element)).toHaveLength(2);
});

it('spreads a block pasted from a spreadsheet, adding rows', () => {
  const element = open();
  into(element, 1, 1);
  press('ArrowLeft', active());
  const event = new Event('paste', { bubbles: true, cancelable: true });
  Object.assign(event, { clipboardData: { getData: () => '丙\t>= 5\tZ\r\n丁\t< 5\tW\r\n' } });
  active().dispatchEvent(event);
  expect(texts(element).slice(1)).toEqual([
    ['丙', '>= 5', 'Z', '其余'],
    ['丁', '< 5', 'W', ''],
  ]);
});

it('shows an error at its cell and says it when one is there', () => {
  const checked = { ...clean, errors: [{ row: 0, column: 1, message: '不是数字' }], publishable: false };
  const element = open({ checked });
  expect(element.querySelectorAll('[role="grid"] td.bad')).toHaveLength(1);
  into(element, 0, 1);
  press('ArrowLeft', active());
  press('ArrowRight', active());
  expect(active().getAttribute('aria-invalid')).toBe('true');
  expect(element.querySelector('.rules-line.bad')!.textContent).toBe('不是数字');
});

it('keeps what was typed in the browser until the server has it', async () => {
  const first = open();
  into(first, 1, 2);
  type('改');
  press('Enter', active());
  leave();
  const second = open();
  expect(texts(second)[1]![2]).toBe('改');
  answers = [Response.json({ version: 4, checked: clean })];
  [...second.querySelectorAll('button')].find((one) => one.textContent === '保存草稿')!.click();
  await vi.waitFor(() => expect(localStorage.length).toBe(0));
  expect(saves()[0]!.body.version).toBe(3);
  expect(saves()[0]!.body.content.table.rows[1]!.results).toEqual(['改']);
});

it('loses nothing when somebody else saved first', async () => {
  const element = open();
  into(element, 1, 2);
  type('改');
  press('Enter', active());
  vi.stubGlobal('confirm', () => true);
  answers = [Response.json({ message: '别人保存了', theirs: 9 }, { status: 409 }), Response.json({ version: 10, checked: clean })];
  [...element.querySelectorAll('button')].find((one) => one.textContent === '保存草稿')!.click();
  await vi.waitFor(() => expect(saves()).toHaveLength(2));
  expect(saves()[1]!.body.version).toBe(9);
  expect(texts(element)[1]![2]).toBe('改');
});

it('adds, renames, moves and removes columns with their cells and cases', () => {
  const sheet = new Sheet(content(), () => undefined);
  let place = 0;
  sheet.change((all) => (place = addColumn(all, true, '条件')));
  expect([place, sheet.content.table.inputs[2]!.name, sheet.content.table.rows[0]!.cells]).toEqual([2, '条件3', ['甲', '> 1', '-']]);
  sheet.change((all) => renameColumn(all, 0, 'kind'));
  expect(sheet.content.cases[0]!.values).toEqual({ b: '2', kind: '甲' });
  sheet.change((all) => (place = moveColumn(all, 0, 1)));
  expect([place, sheet.content.table.rows[0]!.cells]).toEqual([1, ['> 1', '甲', '-']]);
  sheet.change((all) => removeColumn(all, 0));
  expect(sheet.content.table.inputs.map((one) => one.name)).toEqual(['kind', '条件3']);
  while (sheet.undo());
  expect(sheet.content).toEqual(content());
});

it('reads the clipboard of spreadsheets', () => {
  expect(pasted('a\tb\r\nc\td\r\n')).toEqual([['a', 'b'], ['c', 'd']]);
  expect(pasted('"x ""y"""\tb')).toEqual([['x "y"', 'b']]);
  expect(pasted('"two\nlines"\tb\n')).toEqual([['two lines', 'b']]);
  expect(pasted('\t\n')).toEqual([['', '']]);
  expect(pasted('"华东","华南"\t1')).toEqual([['"华东","华南"', '1']]);
});
