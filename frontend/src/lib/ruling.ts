/** What the server finds of a decision table, and the parts beside the grid that show it. */
import { el, field } from './build';
import { addColumn, columnsOf, isInput, moveColumn, removeColumn, renameColumn, type Sheet } from './sheet';
import { t } from './text';

export interface Tried {
  error: string;
  rows: number[];
  outputs: [string, string][][];
  matches: string[];
}

export interface Checked {
  errors: { row: number | null; column: number | null; message: string }[];
  findings: { text: string; rows: number[]; error: boolean }[];
  broken: string[];
  results: { passed: boolean; message: string; rows: number[]; actual: Record<string, string> }[];
  publishable: boolean;
  whole: boolean;
  tried?: Tried;
}

export function kinds(): [string, string][] {
  return [
    ['text', t('文本')],
    ['number', t('数字')],
    ['money', t('金额')],
    ['date', t('日期')],
    ['boolean', t('是/否')],
    ['choice', t('选项')],
  ];
}

/** How a cell of this kind is written, for the line under the grid. */
export function hint(kind: string, input: boolean, choices: string[]): string {
  if (!input) return t('写结果；以 = 开头是公式，例如 = 金额 * 0.05');
  const ways: Record<string, string> = {
    text: t('写要匹配的值，多个用逗号分开；not(华东) 表示除外；- 表示任意'),
    number: t('例如 20、>= 20、[1..10]、(0..5]、> 5 且 <= 8、500万；- 表示任意'),
    money: t('例如 >= 500万、[1000..4999.99]、< 0；- 表示任意'),
    date: t('例如 2026-01-31、>= 2026-01-01、[2026-01-01..2026-12-31]；- 表示任意'),
    boolean: t('是 或 否；- 表示任意'),
    choice: t('可选：{choices}；- 表示任意', { choices: choices.slice(0, 12).join('、') }),
  };
  return ways[kind] ?? '';
}

/** Settings of the column the active cell stands in. */
export function columnPanel(sheet: Sheet, column: number, go: (column: number) => void): HTMLElement {
  const one = columnsOf(sheet.content)[column];
  if (!one) return el('div', {}, el('p', { className: 'sub' }, t('说明列：写这一行为什么这样定，会出现在判断依据里。')));
  const input = isInput(sheet.content, column);
  const set = (act: () => void): void => sheet.change(act);
  const text = (id: string, value: string, write: (text: string) => void): HTMLInputElement =>
    el('input', { id, value, autocomplete: 'off', onchange: (event) => set(() => write((event.target as HTMLInputElement).value.trim())) });
  const kind = el('select', { id: 'column-kind', onchange: () => set(() => (one.kind = kind.value)) });
  for (const [value, label] of kinds()) kind.append(el('option', { value, selected: value === one.kind }, label));
  const fields = [
    field(t('显示名称'), text('column-label', one.label, (value) => (one.label = value))),
    field(t('列名'), text('column-name', one.name, (value) => renameColumn(sheet.content, column, value)), t('公式和程序用这个名字')),
    field(t('类型'), kind),
  ];
  if (one.kind === 'choice') {
    const list = el('textarea', { id: 'column-choices', rows: 4, value: one.choices.join('\n') });
    list.onchange = () => set(() => (one.choices = list.value.split('\n').map((line) => line.trim()).filter(Boolean)));
    fields.push(field(t('可选值'), list, t('每行一个')));
  }
  if (input) {
    const required = el('input', { type: 'checkbox', checked: !one.required, onchange: () => set(() => (one.required = !required.checked)) });
    fields.push(el('div', { className: 'field check' }, el('label', {}, required, el('span', {}, t('允许没有值')))));
    fields.push(field(t('公式'), text('column-formula', one.formula, (value) => (one.formula = value)), t('由其他条件算出，例如 已用 / 额度；不填则由使用者提供')));
  }
  const act = (label: string, run: () => void): HTMLElement => el('button', { type: 'button', className: 'btn btn-sm', onclick: run }, label);
  const shift = (by: number): void => {
    let place = column;
    sheet.change((content) => (place = moveColumn(content, column, by)));
    go(place);
  };
  const only = (input ? sheet.content.table.inputs : sheet.content.table.outputs).length === 1;
  const remove = act(t('删除此列'), () => sheet.change((content) => removeColumn(content, column)));
  (remove as HTMLButtonElement).disabled = only;
  return el('div', { className: 'rules-column' }, ...fields, el('div', { className: 'line' }, act(t('左移'), () => shift(-1)), act(t('右移'), () => shift(1)), remove));
}

/** Add a column and say where it is. */
export function newColumn(sheet: Sheet, input: boolean): number {
  let place = 0;
  sheet.change((content) => (place = addColumn(content, input, input ? t('条件') : t('结果'))));
  return place;
}

/** Everything found, each with a way to the place it speaks of. */
export function findingList(checked: Checked, caseName: (at: number) => string, go: (row: number, column: number) => void): HTMLElement {
  const list = el('ul', { className: 'rules-found' });
  const item = (tone: string, mark: string, text: string, row: number | null = null, column = 0): void => {
    const words = row === null ? el('span', {}, text) : el('button', { type: 'button', className: 'plain', onclick: () => go(row, column) }, text);
    list.append(el('li', { className: tone }, el('span', { ariaHidden: 'true' }, mark), words));
  };
  for (const text of checked.broken) item('bad', '✕', text);
  for (const one of checked.errors) {
    item('bad', '✕', one.row === null ? one.message : t('第 {row} 行：{message}', { row: one.row + 1, message: one.message }), one.row ?? (one.column === null ? null : 0), one.column ?? 0);
  }
  checked.results.forEach((one, at) => {
    if (!one.passed) item('bad', '✕', t('测试用例“{name}”没有通过：{message}', { name: caseName(at), message: one.message }));
  });
  for (const one of checked.findings) item(one.error ? 'bad' : 'warn', one.error ? '✕' : '!', one.text, one.rows.length ? one.rows[0]! - 1 : null);
  if (checked.whole) item('good', '✓', t('没有重叠，也没有遗漏。'));
  if (checked.results.length && checked.results.every((one) => one.passed)) item('good', '✓', t('{count} 个测试用例全部通过。', { count: checked.results.length }));
  return list;
}

/** Inputs to try the table with; `asked` hears every change. */
export function tryPanel(sheet: Sheet, typed: Record<string, string>, asked: () => void): HTMLElement {
  const form = el('div', { className: 'rules-try' });
  sheet.content.table.inputs.forEach((column, at) => {
    if (column.formula) return;
    const id = `try-${at}`;
    const options = column.kind === 'boolean' ? [t('是'), t('否')] : column.kind === 'choice' ? column.choices : null;
    const control = options
      ? el('select', { id }, el('option', { value: '' }), ...options.map((value) => el('option', { value, selected: value === typed[column.name] }, value)))
      : el('input', { id, value: typed[column.name] ?? '', autocomplete: 'off', type: column.kind === 'date' ? 'date' : 'text' });
    control.addEventListener('input', () => {
      typed[column.name] = control.value;
      asked();
    });
    form.append(field(column.label || column.name, control));
  });
  return form;
}

/** What trying came to. */
export function triedWords(tried: Tried | undefined): Node[] {
  if (!tried) return [];
  const say = (tone: string, ...inside: (Node | string)[]): HTMLElement => el('div', { className: `say ${tone}` }, el('span', {}, ...inside));
  if (tried.error) return [say('bad', tried.error)];
  if (!tried.rows.length) return [say('info', t('没有一行符合，结果为空。'))];
  return tried.outputs.map((one, at) =>
    say('good', el('b', {}, one.map(([label, value]) => `${label} ${value}`).join('，')), el('br'), tried.matches[at] ?? ''),
  );
}
