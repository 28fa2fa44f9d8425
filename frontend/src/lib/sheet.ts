/** A decision table as the editor holds it: what the server sent, changed in place, with every step undoable. */

export interface Column {
  name: string;
  label: string;
  kind: string;
  choices: string[];
  required: boolean;
  formula: string;
}

export interface Rule {
  cells: string[];
  results: string[];
  note: string;
}

export interface Case {
  name: string;
  values: Record<string, string>;
  expected: Record<string, string>;
}

export interface Content {
  table: { policy: string; inputs: Column[]; outputs: Column[]; rows: Rule[] };
  cases: Case[];
}

export const MOST_STEPS = 200;

/** The content with its past: `change` keeps what was before, `undo` and `redo` walk. */
export class Sheet {
  private past: string[] = [];
  private future: string[] = [];

  constructor(
    public content: Content,
    private readonly told: (structure: boolean) => void,
  ) {}

  /** Do something to the content as one step. `structure` says that rows or columns came, went or moved. */
  change(act: (content: Content) => void, structure = true): void {
    const before = JSON.stringify(this.content);
    act(this.content);
    if (JSON.stringify(this.content) === before) return;
    this.past.push(before);
    if (this.past.length > MOST_STEPS) this.past.shift();
    this.future = [];
    this.told(structure);
  }

  /** Take the last step back; false when there is none. */
  undo(): boolean {
    return this.walk(this.past, this.future);
  }

  /** Do the step again that was taken back last. */
  redo(): boolean {
    return this.walk(this.future, this.past);
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  private walk(from: string[], to: string[]): boolean {
    const step = from.pop();
    if (step === undefined) return false;
    to.push(JSON.stringify(this.content));
    this.content = JSON.parse(step) as Content;
    this.told(true);
    return true;
  }
}

/** Columns in the order of the grid: conditions, then results. */
export function columnsOf(content: Content): Column[] {
  return [...content.table.inputs, ...content.table.outputs];
}

export function isInput(content: Content, column: number): boolean {
  return column < content.table.inputs.length;
}

/** The text of a cell; the column behind the last result is the remark. */
export function cellText(content: Content, row: number, column: number): string {
  const rule = content.table.rows[row];
  const inputs = content.table.inputs.length;
  if (!rule) return '';
  if (column < inputs) return rule.cells[column] ?? '';
  return column < inputs + content.table.outputs.length ? rule.results[column - inputs] ?? '' : rule.note;
}

export function setCell(content: Content, row: number, column: number, text: string): void {
  const rule = content.table.rows[row];
  const inputs = content.table.inputs.length;
  if (!rule) return;
  if (column < inputs) rule.cells[column] = text;
  else if (column < inputs + content.table.outputs.length) rule.results[column - inputs] = text;
  else rule.note = text;
}

export function blankRule(content: Content): Rule {
  return { cells: content.table.inputs.map(() => '-'), results: content.table.outputs.map(() => ''), note: '' };
}

/** Put a new rule at a place. */
export function insertRule(content: Content, at: number, rule = blankRule(content)): void {
  content.table.rows.splice(at, 0, rule);
}

export function removeRule(content: Content, at: number): void {
  content.table.rows.splice(at, 1);
}

/** Move an element of a list by some places; nothing happens beyond its ends. */
export function move<T>(list: T[], at: number, by: number): boolean {
  const to = at + by;
  if (at < 0 || to < 0 || to >= list.length) return false;
  list.splice(to, 0, ...list.splice(at, 1));
  return true;
}

/** Add a condition or result with a name nobody uses yet; answers its place in the grid. */
export function addColumn(content: Content, input: boolean, stem: string): number {
  const { inputs, outputs, rows } = content.table;
  const columns = input ? inputs : outputs;
  const names = new Set(columns.map((column) => column.name));
  let number = columns.length + 1;
  while (names.has(`${stem}${number}`)) number += 1;
  columns.push({ name: `${stem}${number}`, label: '', kind: 'text', choices: [], required: input, formula: '' });
  for (const row of rows) (input ? row.cells : row.results).push(input ? '-' : '');
  return input ? inputs.length - 1 : inputs.length + outputs.length - 1;
}

export function removeColumn(content: Content, column: number): void {
  const { inputs, outputs, rows } = content.table;
  const [columns, at] = column < inputs.length ? [inputs, column] : [outputs, column - inputs.length];
  const input = columns === inputs;
  columns.splice(at, 1);
  for (const row of rows) (input ? row.cells : row.results).splice(at, 1);
}

/** Move a column among its own kind; answers its new place, or the old one at an end. */
export function moveColumn(content: Content, column: number, by: number): number {
  const { inputs, outputs, rows } = content.table;
  const input = column < inputs.length;
  const at = input ? column : column - inputs.length;
  if (!move(input ? inputs : outputs, at, by)) return column;
  for (const row of rows) move(input ? row.cells : row.results, at, by);
  return column + by;
}

/** Give a column another name; test cases follow. */
export function renameColumn(content: Content, column: number, name: string): void {
  const one = columnsOf(content)[column];
  if (!one || one.name === name) return;
  for (const each of content.cases) {
    const texts = isInput(content, column) ? each.values : each.expected;
    if (one.name in texts) {
      texts[name] = texts[one.name]!;
      delete texts[one.name];
    }
  }
  one.name = name;
}

/** What a spreadsheet put on the clipboard: rows of cells; quoted cells may hold tabs and line breaks. */
export function pasted(text: string): string[][] {
  const rows: string[][] = [[]];
  const pattern = /(?:^|(?<=[\t\n]))"((?:[^"]|"")*)"(?=[\t\n]|$)|([^\t\n]*)/y;
  const clean = text.replace(/\r\n?/g, '\n').replace(/\n$/, '');
  for (let at = 0; at <= clean.length; ) {
    pattern.lastIndex = at;
    const match = pattern.exec(clean);
    const cell = match?.[1] !== undefined ? match[1].replace(/""/g, '"').replace(/\s*\n\s*/g, ' ') : match?.[2] ?? '';
    rows.at(-1)!.push(cell.trim());
    at = pattern.lastIndex + 1;
    if (clean[at - 1] === '\n') rows.push([]);
  }
  return rows;
}
