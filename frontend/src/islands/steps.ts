/**
 * The editor of a process: a grid for its steps, one for its form, everything of the step one stands in, the drawing as it
 * would be, a dry run, and what the server finds. What is typed is kept in this browser until the server has it.
 */
import type { Diagram } from '../lib/canvas';
import { el } from '../lib/build';
import { Grid, type GridSource } from '../lib/grid';
import { mountAll, type Mount } from '../lib/islands';
import { move } from '../lib/sheet';
import { blankField, blankStep, FIELD_COLUMNS, fieldText, type Problem, type Process, type Row, STEP_COLUMNS, stepText, type Words, writeField, writeStep } from '../lib/steps';
import { tryingForm } from '../lib/trying';
import { problemList, stepPanel, triedWords, type Tried, widePanel } from '../lib/stepping';
import { Past } from '../lib/past';
import { t } from '../lib/text';
import { toast } from '../lib/toast';

interface Checked {
  problems: Problem[];
  drawing: { xml: string };
  who: [string, string][];
  tried?: Tried;
}

interface EditorData {
  content: Process;
  version: number;
  key: string;
  urls: { check: string; save: string; publish: string; people: string };
  words: Record<string, [string, string][]>;
  labels: Record<string, string>;
  facts: [name: string, label: string, kind: string][];
  owned: boolean;
  checked: Checked;
}

type Side = 'steps' | 'form';
const PAUSE = 500;
const COLUMNS = { steps: STEP_COLUMNS, form: FIELD_COLUMNS };

export const mount: Mount = (element, given) => new Editor(element, given as EditorData).leave;

class Editor {
  readonly leave: () => void;
  private readonly past: Past<Process>;
  private readonly token: string;
  private readonly store: string;
  private readonly typed: Record<string, string> = {};
  private checked: Checked;
  private saved: string;
  private version: number;
  private timer = 0;
  private asked = 0;
  private drawn = '';
  private diagram: Diagram | null = null;
  private readonly grids: Record<Side, Grid>;
  private readonly line = el('p', { className: 'sub rules-line', ariaLive: 'polite' });
  private readonly state = el('span', { className: 'sub', role: 'status' });
  private readonly bar = el('div', { className: 'rules-bar line' });
  private readonly one = el('section', { className: 'card steps-one' });
  private readonly wide = el('section', { className: 'card' });
  private readonly found = el('section', { className: 'card' });
  private readonly trying = el('section', { className: 'card' });
  private readonly answer = el('div', { ariaLive: 'polite' });
  private readonly canvas = el('div', { className: 'diagram-canvas', role: 'group', ariaLabel: t('流程图预览，步骤表说的是同样的内容') });
  private readonly offers = el('datalist', { id: 'steps-offers' });

  constructor(element: HTMLElement, private readonly data: EditorData) {
    this.token = element.querySelector<HTMLInputElement>('[name="csrfmiddlewaretoken"]')?.value ?? '';
    this.store = `panshi:process:${data.key}`;
    this.checked = data.checked;
    this.version = data.version;
    this.saved = JSON.stringify(data.content);
    this.past = new Past(JSON.parse(this.saved) as Process, () => this.changed());
    const table = (title: string): HTMLTableElement => el('table', { className: 'data rules' }, el('caption', { className: 'unseen' }, title));
    const steps = table(t('步骤表'));
    const form = table(t('表单字段'));
    this.grids = { steps: new Grid(steps, this.source('steps', steps), t('步')), form: new Grid(form, this.source('form', form), t('行序')) };
    const framed = (title: string, inside: HTMLTableElement, ...more: Node[]): HTMLElement =>
      el('section', { className: 'card tight' }, el('div', { className: 'card-head' }, el('h2', {}, title)), el('div', { className: 'table-frame rules-frame', tabIndex: 0, role: 'region', ariaLabel: title }, inside), ...more);
    element.append(this.bar, this.offers);
    if (data.content.steps) element.append(framed(t('步骤'), steps, this.line));
    element.append(
      el('section', { className: 'card' }, el('div', { className: 'card-head' }, el('h2', {}, t('流程图预览'))), this.canvas),
      ...(data.content.steps ? [this.one] : []), framed(t('表单'), form),
      el('div', { className: 'rules-panels' }, this.found, ...(data.content.steps ? [this.wide] : []), this.trying),
    );
    const leaving = new AbortController();
    window.addEventListener('beforeunload', (event) => this.dirty && event.preventDefault(), leaving);
    document.addEventListener('keydown', (event) => this.key(event), leaving);
    this.leave = () => {
      leaving.abort();
      window.clearTimeout(this.timer);
      this.diagram?.leave();
    };
    this.restore();
    this.show(true);
    void this.draw();
  }

  private get content(): Process {
    return this.past.value;
  }

  private get words(): Words {
    return { lists: this.data.words, labels: this.data.labels, who: this.checked.who };
  }

  private get dirty(): boolean { return JSON.stringify(this.content) !== this.saved; }

  private rows(side: Side): Row[] {
    return side === 'form' ? this.content.form : (this.content.steps?.steps ?? []);
  }

  /** Take up what this browser kept of an edit that was never saved. */
  private restore(): void {
    const kept = JSON.parse(localStorage.getItem(this.store) ?? 'null') as { version: number; content: Process } | null;
    if (!kept) return;
    if (kept.version !== this.version) return localStorage.removeItem(this.store);
    this.past.change((content) => Object.assign(content, kept.content));
    toast(t('已恢复上次没有保存的修改。'), 'info', { label: t('不要'), act: () => this.past.undo() });
  }

  private changed(): void {
    localStorage.setItem(this.store, JSON.stringify({ version: this.version, content: this.content }));
    this.show(true);
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.check(), PAUSE);
  }

  private show(structure: boolean): void {
    for (const side of this.data.content.steps ? (['steps', 'form'] as const) : (['form'] as const)) structure ? this.grids[side].render() : this.grids[side].refresh();
    this.showBar();
    this.showPanels();
    if (structure) this.showTrying();
  }

  private showBar(): void {
    const button = (label: string, act: () => void, more: Partial<HTMLButtonElement> = {}): HTMLElement =>
      el('button', { type: 'button', className: 'btn btn-sm', onclick: act, ...more }, label);
    const wrong = this.checked.problems.length ? t('{count} 处问题', { count: this.checked.problems.length }) : '';
    this.state.textContent = [this.dirty ? t('有未保存的修改') : this.version ? t('已保存') : t('还没有草稿'), wrong].filter(Boolean).join(' · ');
    const focused = this.bar.contains(document.activeElement) ? document.activeElement?.textContent : null;
    this.bar.replaceChildren(
      ...(this.content.steps ? [button(t('加一步'), () => this.add('steps', this.grids.steps.row + 1)), button(t('上移'), () => this.act('steps', 'up')), button(t('下移'), () => this.act('steps', 'down')), button(t('删此步'), () => this.act('steps', 'remove'))] : []),
      button(t('加表单字段'), () => this.add('form', this.content.form.length)),
      button(t('撤销'), () => this.past.undo(), { disabled: !this.past.canUndo }),
      button(t('重做'), () => this.past.redo(), { disabled: !this.past.canRedo }),
      el('span', { className: 'grow' }), this.state,
      button(t('保存草稿'), () => void this.save(), { className: 'btn', disabled: !this.dirty && this.version > 0 }),
      button(t('发布…'), () => void this.publish(), { className: 'btn btn-primary' }),
    );
    if (focused) [...this.bar.querySelectorAll('button')].find((one) => one.textContent === focused)?.focus();
  }

  private showPanels(): void {
    const head = (title: string): HTMLElement => el('div', { className: 'card-head' }, el('h2', {}, title));
    const change = (act: () => void): void => this.past.change(act);
    const focused = (document.activeElement as HTMLElement | null)?.id ?? '';
    const row = this.rows('steps')[this.grids.steps.row];
    this.one.replaceChildren(head(t('这一步')), stepPanel(row, this.content.form, this.words, change));
    this.wide.replaceChildren(head(t('整个流程')), widePanel(this.content, this.words, change));
    this.found.replaceChildren(head(t('检查')), problemList(this.checked.problems, (one) => one.grid && this.grids[one.grid].activate(one.row ?? 0, Math.max(0, COLUMNS[one.grid].indexOf(one.column)))));
    if (/^(step|wide)-/.test(focused)) document.getElementById(focused)?.focus();
  }

  private showTrying(): void {
    const form = tryingForm(this.content, this.data, this.typed);
    const go = el('button', { type: 'button', className: 'btn', onclick: () => void this.check(true) }, t('试走一遍'));
    this.trying.replaceChildren(el('div', { className: 'card-head' }, el('h2', {}, t('试走'))), form, go, this.answer);
    mountAll(form);
  }

  private async draw(): Promise<void> {
    const { xml } = this.checked.drawing;
    if (!xml || xml === this.drawn) return;
    this.drawn = xml;
    if (!this.diagram) this.canvas.before((this.diagram = new (await import('../lib/canvas')).Diagram(this.canvas)).bar());
    await this.diagram.draw(xml);
    this.canvas.dataset.drawn = '';
    for (const one of this.checked.problems) this.diagram.mark(one.element, 'is-bad');
  }

  private async send(url: string, body: object): Promise<Response> {
    return fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-CSRFToken': this.token }, body: JSON.stringify(body) });
  }

  private async check(trying = false): Promise<void> {
    const number = ++this.asked;
    const answer = await this.send(this.data.urls.check, { content: this.content, ...(trying ? { try: { values: this.typed, applicant: this.typed.applicant ?? '', owner: this.typed.owner ?? '' } } : {}) });
    const told = (await answer.json().catch(() => ({}))) as Checked & { message?: string };
    if (number !== this.asked) return;
    if (!answer.ok) return void toast(told.message ?? t('检查没有成功，请稍后重试。'), 'bad');
    this.checked = told;
    this.show(false);
    if (trying) this.answer.replaceChildren(...(told.tried ? triedWords(told.tried) : [el('div', { className: 'say bad' }, el('span', {}, t('先改正检查里的问题，再试走。')))]));
    await this.draw();
  }

  private async save(): Promise<boolean> {
    const text = JSON.stringify(this.content);
    if (text === this.saved && this.version > 0) return true;
    const answer = await this.send(this.data.urls.save, { content: this.content, version: this.version });
    const told = (await answer.json().catch(() => ({}))) as { version?: number; checked?: Checked; message?: string };
    if (!answer.ok || !told.version) {
      toast(told.message ?? t('没有保存，请稍后重试。'), 'bad');
      return false;
    }
    this.version = told.version;
    this.saved = text;
    this.checked = told.checked ?? this.checked;
    localStorage.removeItem(this.store);
    this.show(false);
    toast(t('草稿已保存。'), 'good');
    return true;
  }

  private async publish(): Promise<void> {
    if (await this.save()) window.location.assign(this.data.urls.publish);
  }

  private key(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey)) return;
    const name = event.key.toLowerCase();
    const inGrid = (event.target as HTMLElement).closest?.('[role="grid"]');
    if (name === 's') void this.save();
    else if (inGrid && name === 'z' && !event.shiftKey) (this.grids.steps.commit(), this.grids.form.commit(), this.past.undo());
    else if (inGrid && (name === 'y' || name === 'z')) this.past.redo();
    else return;
    event.preventDefault();
  }

  private add(side: Side, at: number): void {
    this.past.change(() => this.rows(side).splice(at, 0, side === 'form' ? blankField(this.content) : blankStep(this.content)));
    this.grids[side].activate(at, 0);
  }

  private act(side: Side, act: 'up' | 'down' | 'remove' | 'insert', row = this.grids[side].row): void {
    if (act === 'insert') return this.add(side, row + 1);
    const rows = this.rows(side);
    if (act === 'remove') {
      if (side === 'form' || rows.length > 1) this.past.change(() => this.rows(side).splice(row, 1));
      return;
    }
    const by = act === 'up' ? -1 : 1;
    if (row + by < 0 || row + by >= rows.length) return;
    this.past.change(() => move(this.rows(side), row, by));
    this.grids[side].activate(row + by, this.grids[side].column);
  }

  private label(side: Side, column: string): string {
    const own = side === 'form' && { name: 'field', kind: 'field_kind' }[column];
    return this.data.labels[own || column] ?? column;
  }

  /** What the cell may be, offered as one types. */
  private offer(side: Side, column: string, table: HTMLTableElement): void {
    const lists = this.data.words;
    const list = column === 'who' ? this.checked.who : side === 'form' && column === 'kind' ? lists.field_kind : column === 'required' ? [['yes', t('是')], ['no', t('否')]] : lists[column];
    this.offers.replaceChildren(...(list ?? []).map(([, label]) => el('option', { value: label! })));
    const input = table.querySelector('input');
    if (list) input?.setAttribute('list', this.offers.id);
    else input?.removeAttribute('list');
  }

  private wrong(side: Side, row: number, column: string): string {
    return this.checked.problems.find((one) => one.grid === side && one.row === row && one.column === column)?.message ?? '';
  }

  private source(side: Side, table: HTMLTableElement): GridSource {
    const columns = COLUMNS[side];
    const [read, write] = side === 'form' ? [fieldText, writeField] : [stepText, writeStep];
    const name = (column: number): string => columns[column] ?? '';
    return {
      rows: () => this.rows(side).length,
      columns: () => columns.length,
      text: (row, column) => (this.rows(side)[row] ? read(this.rows(side)[row]!, name(column), this.words) : ''),
      label: (row, column) => t('第 {row} 行，{column}', { row: row + 1, column: this.label(side, name(column)) }),
      head: (column) => [this.label(side, name(column))],
      rowHead: (row) => String(row + 1),
      cellClass: (row, column) => (this.wrong(side, row, name(column)) ? 'bad' : ''),
      rowClass: () => '',
      write: (row, column, block) =>
        this.past.change(() =>
          block.forEach((texts, down) => {
            const rows = this.rows(side);
            if (row + down >= rows.length) rows.push(side === 'form' ? blankField(this.content) : blankStep(this.content));
            texts.forEach((text, right) => write(rows[row + down]!, name(column + right), text, this.words));
          }),
        ),
      moved: (row, column) => {
        this.offer(side, name(column), table);
        this.line.textContent = this.wrong(side, row, name(column)) || (name(column) === 'condition' ? t('例如 amount > 5000；空着表示总要走') : '');
        this.line.classList.toggle('bad', Boolean(this.wrong(side, row, name(column))));
        if (side === 'steps' && this.one.dataset.row !== String(row)) this.showPanels();
        if (side === 'steps') this.one.dataset.row = String(row);
      },
      rowAct: (act, row) => this.act(side, act, row),
    };
  }
}
