/** The form of a dry run: who applies, whose the subject is, and the values of the process's own form. */
import { el, field } from './build';
import type { Process } from './steps';
import { t } from './text';

export interface Asking {
  urls: { people: string };
  facts: [name: string, label: string, kind: string][];
  owned: boolean;
}

const UNTRIED = ['note', 'file', 'account', 'multi'];

/** Controls that write into `typed`; pickers are islands of their own, to be mounted by the caller. */
export function tryingForm(content: Process, asking: Asking, typed: Record<string, string>): HTMLElement {
  const value = (name: string, list: [string, string][] | null, kind: string): HTMLElement => {
    const options = kind === 'boolean' ? ([['true', t('是')], ['', t('否')]] as [string, string][]) : list;
    const made = options
      ? el('select', { id: `try-${name}` }, ...(list ? [el('option', { value: '' })] : []), ...options.map(([code, label]) => el('option', { value: code, selected: code === typed[name] }, label)))
      : el('input', { id: `try-${name}`, value: typed[name] ?? '', autocomplete: 'off', type: kind === 'date' ? 'date' : 'text' });
    made.onchange = () => (typed[name] = made.value);
    return made;
  };
  const person = (name: string, label: string): HTMLElement => {
    const made = el('select', { id: `try-${name}` });
    made.append(el('option', { value: '' }));
    made.dataset.island = 'picker';
    made.dataset.url = asking.urls.people;
    made.onchange = () => (typed[name] = made.value);
    return field(label, made);
  };
  const form = el('div', { className: 'rules-try' }, person('applicant', t('申请人（不选就是您自己）')));
  if (asking.owned) form.append(person('owner', t('客户负责人')));
  for (const row of content.form) {
    const [name, kind] = [String(row.name ?? ''), String(row.kind ?? 'text')];
    if (row.source === 'subject' || UNTRIED.includes(kind)) continue;
    const label = String(row.label || name);
    form.append(kind === 'person' ? person(name, label) : field(label, value(name, kind === 'choice' ? (row.choices as [string, string][]) : null, kind)));
  }
  for (const [name, label, kind] of asking.facts) form.append(field(label, value(name, null, kind)));
  return form;
}
