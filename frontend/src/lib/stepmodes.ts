/** What a step may do with each field of the form: read, change, must fill, or not see it. Stored as `amount:edit, note:hide`. */
import { el, field } from './build';
import { get, type Pair, type Row, set } from './steps';
import { t } from './text';

/** The modes a step says, by field; a name without a mode is one to change. */
export function readModes(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of text.split(/[,;]/)) {
    const [name = '', mode = ''] = part.split(':').map((one) => one.trim());
    if (name) found.set(name, mode || 'edit');
  }
  return found;
}

export function writeModes(modes: Map<string, string>): string {
  return [...modes].filter(([, mode]) => mode).map(([name, mode]) => `${name}:${mode}`).join(', ');
}

/** The modes a kind of field can have: what comes from the subject and notes cannot be changed, files are never required. */
function modesOf(row: Row | undefined): Pair[] {
  const all: Pair[] = [['', t('只读')], ['edit', t('可以修改')], ['require', t('必须填写')], ['hide', t('看不到')]];
  if (!row) return [];
  const fixed = row.source === 'subject' || row.kind === 'note';
  return all.filter(([mode]) => !(fixed && (mode === 'edit' || mode === 'require')) && !(row.kind === 'file' && mode === 'require'));
}

/** A choice for every field of the form; one that is gone from the form can only be taken out. Null without a form. */
export function modesPanel(row: Row, form: Row[], change: (act: () => void) => void): HTMLElement | null {
  const modes = readModes(get(row, 'fields'));
  const known = new Map(form.map((one) => [String(one.name ?? ''), one]));
  const names = [...known.keys(), ...[...modes.keys()].filter((name) => !known.has(name))].filter(Boolean);
  if (!names.length) return null;
  const controls = names.map((name) => {
    const now = modes.get(name) ?? '';
    const made = el('select', { id: `step-mode-${name}` });
    const offered = modesOf(known.get(name));
    for (const [mode, words] of offered) made.append(el('option', { value: mode, selected: mode === now || (!mode && now === 'read') }, words));
    if (now && now !== 'read' && !offered.some(([mode]) => mode === now)) made.append(el('option', { value: now, selected: true }, known.has(name) ? t('不能这样设置：{mode}', { mode: now }) : t('表单里已没有')), ...(offered.length ? [] : [el('option', { value: '' }, t('去掉'))]));
    made.onchange = () =>
      change(() => {
        const after = new Map(modes);
        after.set(name, made.value);
        set(row, 'fields', writeModes(after));
      });
    return field(String(known.get(name)?.label || name), made);
  });
  const title = t('这一步怎样使用表单字段');
  return el('fieldset', { className: 'steps-modes' }, el('legend', {}, title), ...controls);
}
