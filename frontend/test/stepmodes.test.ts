import { describe, expect, it } from 'vitest';
import { modesPanel, readModes, writeModes } from '../src/lib/stepmodes';
import type { Row } from '../src/lib/steps';

const form: Row[] = [
  { name: 'amount', label: '金额', kind: 'money', source: 'own' },
  { name: 'held', label: '现有', kind: 'number', source: 'subject' },
  { name: 'paper', label: '附件', kind: 'file', source: 'own' },
];

function choose(panel: HTMLElement, id: string, value: string): void {
  const select = panel.querySelector<HTMLSelectElement>(`#${id}`)!;
  select.value = value;
  select.dispatchEvent(new Event('change'));
}

describe('what a step does with the form', () => {
  it('reads and writes the same text', () => {
    expect([...readModes('amount:edit; note : hide, bare')]).toEqual([['amount', 'edit'], ['note', 'hide'], ['bare', 'edit']]);
    expect(writeModes(readModes('amount:edit, note:hide'))).toBe('amount:edit, note:hide');
  });

  it('offers each field only what it can be', () => {
    const panel = modesPanel({ settings: {} }, form, (act) => act())!;
    const offered = (id: string): string[] => [...panel.querySelectorAll<HTMLOptionElement>(`#${id} option`)].map((one) => one.value);
    expect(offered('step-mode-amount')).toEqual(['', 'edit', 'require', 'hide']);
    expect(offered('step-mode-held')).toEqual(['', 'hide']);
    expect(offered('step-mode-paper')).toEqual(['', 'edit', 'hide']);
  });

  it('writes the setting, and removes it when all are read', () => {
    const row: Row = { settings: {} };
    choose(modesPanel(row, form, (act) => act())!, 'step-mode-amount', 'require');
    expect(row.settings?.fields).toBe('amount:require');
    choose(modesPanel(row, form, (act) => act())!, 'step-mode-amount', '');
    expect(row.settings?.fields).toBeUndefined();
  });

  it('lets a field that is gone be taken out, and shows what cannot be', () => {
    const row: Row = { settings: { fields: 'gone:edit, held:edit' } };
    const panel = modesPanel(row, form, (act) => act())!;
    expect(panel.querySelector<HTMLSelectElement>('#step-mode-held')!.selectedOptions[0]!.textContent).toContain('edit');
    choose(panel, 'step-mode-gone', '');
    expect(row.settings?.fields).toBe('held:edit');
    expect(modesPanel({ settings: {} }, [], () => undefined)).toBeNull();
  });
});
