/** A process as its editor holds it: rows of steps and of form fields, and how their cells read and are written. */
import { t } from './text';

export type Pair = [code: string, label: string];
export type Row = Record<string, unknown> & { settings?: Record<string, string> };

export interface Process {
  steps: { settings: Record<string, string>; steps: Row[] } | null;
  form: Row[];
}

export interface Problem {
  grid: '' | 'steps' | 'form';
  row: number | null;
  column: string;
  message: string;
  where: string;
  element: string;
}

export interface Words {
  lists: Record<string, Pair[]>;
  labels: Record<string, string>;
  who: Pair[];
}

export const STEP_COLUMNS = ['name', 'kind', 'who', 'condition', 'sign', 'percent', 'days', 'overdue', 'comment'];
export const FIELD_COLUMNS = ['label', 'name', 'kind', 'required', 'source', 'choices', 'default', 'help'];
/** Settings of a step that stand beside the grid, in the panel of the row. */
export const MORE = ['reject', 'own', 'repeat', 'delegate', 'sendback'];
export const WIDE = ['own', 'repeat', 'comment', 'delegate', 'sendback'];
const OWN = new Set(['id', 'name', 'who', 'kind', 'condition', 'sign', 'percent', 'days', 'overdue', 'action']);
const WHOLE = new Set(['percent', 'days']);

/** What a step says of something: its own column, or one of its settings. */
export function get(row: Row, name: string): string {
  const value = OWN.has(name) ? row[name] : row.settings?.[name];
  return value === undefined || value === null || (WHOLE.has(name) && value === 0) ? '' : String(value);
}

export function set(row: Row, name: string, value: string): void {
  if (OWN.has(name)) row[name] = WHOLE.has(name) && /^\d+$/.test(value) ? Number(value) : value;
  else {
    row.settings = { ...row.settings, [name]: value };
    if (!value) delete row.settings[name];
  }
}

/** Words of a choice; what is not known stays as written. */
export function worded(list: Pair[] | undefined, code: string): string {
  return list?.find(([each]) => each === code)?.[1] ?? code;
}

export function coded(list: Pair[] | undefined, words: string): string {
  const typed = words.trim().toLowerCase();
  return list?.find(([code, label]) => label.toLowerCase() === typed || code === typed)?.[0] ?? words.trim();
}

export function whoWords(who: Pair[], expression: string): string {
  return parts(expression).map((part) => worded(who, part)).join(t('、'));
}

export function whoCode(who: Pair[], words: string): string {
  return parts(words).map((part) => coded(who, part)).join(', ');
}

function parts(text: string): string[] {
  return text.split(/[,，、]/).map((part) => part.trim()).filter(Boolean);
}

/** A cell of the step table as text. */
export function stepText(row: Row, column: string, words: Words): string {
  const value = get(row, column);
  if (column === 'who') return whoWords(words.who, value);
  if (column === 'kind') return worded(words.lists.kind, value || 'approve');
  const list = words.lists[column];
  return list && value ? worded(list, value) : value;
}

export function writeStep(row: Row, column: string, text: string, words: Words): void {
  const list = words.lists[column];
  set(row, column, column === 'who' ? whoCode(words.who, text) : list ? coded(list, text) : text.trim());
}

/** A cell of the form's grid as text: choices as `code=label；…`. */
export function fieldText(row: Row, column: string, words: Words): string {
  if (column === 'required') return row.required ? t('是') : '';
  if (column === 'kind') return worded(words.lists.field_kind, String(row.kind ?? 'text'));
  if (column === 'source') return worded(words.lists.source, String(row.source ?? 'own'));
  if (column === 'choices') {
    return ((row.choices as Pair[] | undefined) ?? []).map(([code, label]) => (code === label ? label : `${code}=${label}`)).join('；');
  }
  return String(row[column] ?? '');
}

export function writeField(row: Row, column: string, text: string, words: Words): void {
  const typed = text.trim();
  if (column === 'required') row.required = [t('是'), '是', 'yes', 'y', 'true', '1'].includes(typed.toLowerCase());
  else if (column === 'kind') row.kind = coded(words.lists.field_kind, typed);
  else if (column === 'source') row.source = coded(words.lists.source, typed);
  else if (column === 'choices') {
    row.choices = typed.split(/[；;\n]/).filter((one) => one.trim()).map((one) => {
      const [code, label] = one.split('=').map((part) => part.trim());
      return [code, label ?? code];
    });
  } else row[column] = typed;
}

function unused(stem: string, taken: unknown[]): string {
  let number = taken.length + 1;
  while (taken.includes(`${stem}${number}`)) number += 1;
  return `${stem}${number}`;
}

export function blankStep(process: Process): Row {
  const id = unused('step', (process.steps?.steps ?? []).map((row) => row.id));
  return { id, name: '', who: '', kind: 'approve', sign: 'single', condition: '', days: 0, overdue: 'none', settings: {} };
}

export function blankField(process: Process): Row {
  return { name: unused('field', process.form.map((row) => row.name)), label: '', kind: 'text', required: false };
}
