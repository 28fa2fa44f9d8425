/** The test cases of a decision table as a grid: conditions, expected results, name; how each went stands before it. */
import type { GridSource } from './grid';
import type { Checked } from './ruling';
import { columnsOf, type Content, move, type Sheet } from './sheet';
import { t } from './text';

export function casesSource(
  sheet: Sheet,
  results: () => Checked['results'],
  insert: (at: number) => void,
  go: (row: number) => void,
): GridSource {
  const content = (): Content => sheet.content;
  const inputs = (): string[] => content().table.inputs.filter((one) => !one.formula).map((one) => one.name);
  const names = (): string[] => [...inputs(), ...content().table.outputs.map((one) => one.name)];
  const head = (column: number): string => {
    const name = names()[column];
    return columnsOf(content()).find((one) => one.name === name)?.label || name || t('用例名');
  };
  const result = (row: number): string => {
    const one = results()[row];
    return one ? (one.passed ? '✓' : '✕') : '';
  };
  const read = (row: number, column: number): string => {
    const one = content().cases[row];
    const name = names()[column];
    if (!one) return '';
    return name === undefined ? one.name : (column < inputs().length ? one.values : one.expected)[name] ?? '';
  };
  const set = (row: number, column: number, text: string): void => {
    const one = content().cases[row]!;
    const name = names()[column];
    if (name === undefined) one.name = text;
    else (column < inputs().length ? one.values : one.expected)[name] = text;
  };
  return {
    rows: () => content().cases.length,
    columns: () => names().length + 1,
    text: read,
    label: (row, column) => t('用例 {row}，{column}', { row: row + 1, column: head(column) }),
    head: (column) => [head(column)],
    rowHead: (row) => `${row + 1} ${result(row)}`,
    cellClass: (row, column) => {
      if (column < inputs().length) return 'condition';
      return result(row) === '✕' && column < names().length ? 'result bad' : 'result';
    },
    rowClass: () => '',
    write: (row, column, block) =>
      sheet.change((all) => {
        block.forEach((line, down) => {
          if (row + down >= all.cases.length) all.cases.push({ name: '', values: {}, expected: {} });
          line.forEach((text, right) => column + right <= names().length && set(row + down, column + right, text));
        });
      }, row + block.length > content().cases.length),
    moved: () => undefined,
    rowAct: (act, row) => {
      if (act === 'insert') return insert(row + 1);
      if (act === 'remove') return sheet.change((all) => all.cases.splice(row, 1));
      sheet.change((all) => move(all.cases, row, act === 'up' ? -1 : 1));
      go(row + (act === 'up' ? -1 : 1));
    },
  };
}
