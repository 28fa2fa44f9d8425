/** The panels beside the step table: the step one stands in, the whole process, the dry run, what the check found. */
import { el, field } from './build';
import { modesPanel } from './stepmodes';
import { get, MORE, type Pair, type Problem, type Process, type Row, set, WIDE, whoCode, whoWords, type Words } from './steps';
import { t } from './text';

export interface Tried {
  steps: { node: string; name: string; people: string; why: string; days: number; nobody: boolean }[];
  skipped: string[];
  outcome: string;
  stopped: string;
  errors: Record<string, string>;
}

type Change = (act: () => void) => void;

function choice(id: string, list: Pair[], value: string, write: (value: string) => void, none = ''): HTMLSelectElement {
  const made = el('select', { id, onchange: () => write(made.value) });
  if (none) made.append(el('option', { value: '', selected: !value }, none));
  for (const [code, label] of list) made.append(el('option', { value: code, selected: code === value }, label));
  return made;
}

function typed(id: string, value: string, write: (value: string) => void, more: Partial<HTMLInputElement> = {}): HTMLInputElement {
  const made = el('input', { id, value, autocomplete: 'off', ...more });
  made.onchange = () => write(made.value.trim());
  return made;
}

/** Everything of one step, each setting a labelled control. */
export function stepPanel(row: Row | undefined, form: Row[], words: Words, change: Change): HTMLElement {
  if (!row) return el('p', { className: 'sub' }, t('选一个步骤。'));
  const { labels, lists } = words;
  const write = (name: string) => (value: string): void => change(() => set(row, name, value));
  const kind = get(row, 'kind') || 'approve';
  const person = kind === 'approve' || kind === 'do';
  const add = choice('step-who-add', words.who, '', (code) => code && write('who')([get(row, 'who'), code].filter(Boolean).join(', ')), t('加一位处理人…'));
  const fields = [
    field(labels.name!, typed('step-name', get(row, 'name'), write('name'))),
    field(labels.kind!, choice('step-kind', lists.kind!, kind, write('kind'))),
  ];
  if (kind === 'action') fields.push(field(labels.action!, choice('step-action', lists.action!, get(row, 'action'), write('action'), t('请选择'))));
  else {
    fields.push(field(labels.who!, typed('step-who', whoWords(words.who, get(row, 'who')), (value) => write('who')(whoCode(words.who, value))), t('多位用顿号分开；指定某人写 person:登录名')));
    fields.push(field(t('从名单里加'), add));
  }
  fields.push(field(labels.condition!, typed('step-condition', get(row, 'condition'), write('condition')), t('例如 amount > 5000；不成立就跳过这一步，空着表示总要走')));
  if (person) {
    fields.push(field(labels.sign!, choice('step-sign', lists.sign!, get(row, 'sign') || 'single', write('sign'))));
    if (get(row, 'sign') === 'percent') fields.push(field(labels.percent!, typed('step-percent', get(row, 'percent'), write('percent'), { inputMode: 'numeric' })));
    fields.push(field(labels.days!, typed('step-days', get(row, 'days'), write('days'), { inputMode: 'numeric' }), t('超过就算超期；空着没有期限')));
    fields.push(field(labels.overdue!, choice('step-overdue', lists.overdue!, get(row, 'overdue') || 'none', write('overdue'))));
    fields.push(field(labels.remind!, typed('step-remind', get(row, 'remind'), write('remind'), { inputMode: 'numeric' })));
    for (const name of ['comment', ...MORE.filter((one) => one !== 'reject' || kind === 'approve')]) {
      const known = lists[name]!.filter(([code]) => code);
      const empty = lists[name]!.find(([code]) => !code)?.[1] ?? t('按整个流程的设置');
      fields.push(field(labels[name]!, choice(`step-${name}`, known, get(row, name), write(name), empty)));
    }
  }
  const modes = person ? modesPanel(row, form, change) : null;
  return el('div', {}, el('div', { className: 'rules-column' }, ...fields), ...(modes ? [modes] : []));
}

/** What holds for every step that says nothing else. */
export function widePanel(process: Process, words: Words, change: Change): HTMLElement {
  const settings = process.steps?.settings ?? {};
  const write = (name: string) => (value: string): void =>
    change(() => {
      if (value) settings[name] = value;
      else delete settings[name];
    });
  const fields = WIDE.map((name) => {
    const list = words.lists[name]!;
    return field(words.labels[name]!, choice(`wide-${name}`, list, settings[name] ?? list[0]![0], write(name)));
  });
  for (const name of ['copy', 'refused']) {
    fields.push(field(words.labels[name]!, typed(`wide-${name}`, whoWords(words.who, settings[name] ?? ''), (value) => write(name)(whoCode(words.who, value)))));
  }
  return el('div', { className: 'rules-column' }, ...fields);
}

/** Everything found, each with a way to its cell. */
export function problemList(problems: Problem[], go: (problem: Problem) => void): HTMLElement {
  const list = el('ul', { className: 'rules-found' });
  for (const one of problems) {
    const text = one.where ? `${one.where}：${one.message}` : one.message;
    const words = one.row === null ? el('span', {}, text) : el('button', { type: 'button', className: 'plain', onclick: () => go(one) }, text);
    list.append(el('li', { className: 'bad' }, el('span', { ariaHidden: 'true' }, '✕'), words));
  }
  if (!problems.length) list.append(el('li', { className: 'good' }, el('span', { ariaHidden: 'true' }, '✓'), t('没有问题，可以发布。')));
  return list;
}

/** What a dry run came to, in words. */
export function triedWords(tried: Tried | undefined): Node[] {
  if (!tried) return [];
  const say = (tone: string, text: string): HTMLElement => el('div', { className: `say ${tone}` }, el('span', {}, text));
  const wrong = Object.values(tried.errors);
  if (wrong.length) return [say('bad', wrong.join(' '))];
  const list = el('ol', { className: 'timeline' });
  for (const step of tried.steps) {
    const who = step.nobody ? t('没有人可以处理，会进入管理员队列') : step.people || t('自动');
    const days = step.days ? t(' · {days} 个工作日', { days: step.days }) : '';
    list.append(el('li', {}, el('b', {}, step.name), el('br'), el('span', { className: step.nobody ? 'bad' : '' }, who + days), el('br'), el('small', {}, step.why)));
  }
  const end = tried.stopped ? say('bad', tried.stopped) : tried.outcome === 'rejected' ? say('warn', t('结果：驳回')) : say('good', t('全部同意后通过。'));
  const skipped = tried.skipped.length ? [el('p', { className: 'sub' }, t('跳过：{steps}', { steps: tried.skipped.join(t('、')) }))] : [];
  return [list, ...skipped, end];
}
