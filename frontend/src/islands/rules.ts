/**
 * The editor of a decision table: a grid for the rules, one for the test cases, the settings of the column one stands in,
 * trying out, and what the server finds. Everything typed is kept in this browser until the server has it.
 */
import { ask } from '../lib/ask';
import { el, field } from '../lib/build';
import { casesSource } from '../lib/cases';
import { Grid, type GridSource } from '../lib/grid';
import type { Mount } from '../lib/islands';
import { type Checked, columnPanel, findingList, hint, kinds, newColumn, triedWords, tryPanel } from '../lib/ruling';
import { blankRule, cellText, columnsOf, type Content, insertRule, isInput, move, removeRule, setCell, Sheet } from '../lib/sheet';
import { t } from '../lib/text';
import { toast } from '../lib/toast';

export interface EditorData {
  content: Content;
  version: number;
  fresh: boolean;
  key: string;
  urls: { check: string; save: string; publish: string };
  checked: Checked;
}

interface Kept {
  version: number;
  content: Content;
}

const PAUSE = 500;

export const mount: Mount = (element, given) => new Editor(element, given as EditorData).leave;

class Editor {
  readonly leave: () => void;
  private readonly sheet: Sheet;
  private readonly token: string;
  private readonly typed: Record<string, string> = {};
  private checked: Checked;
  private saved: string;
  private version: number;
  private lit: number[] = [];
  private timer = 0;
  private asked = 0;
  private readonly rules: Grid;
  private readonly cases: Grid;
  private readonly line = el('p', { className: 'sub rules-line', ariaLive: 'polite' });
  private readonly state = el('span', { className: 'sub', role: 'status' });
  private readonly column = el('section', { className: 'card' });
  private readonly found = el('section', { className: 'card' });
  private readonly trying = el('section', { className: 'card' });
  private readonly answer = el('div', { ariaLive: 'polite' });
  private readonly bar = el('div', { className: 'rules-bar line' });

  constructor(element: HTMLElement, private readonly data: EditorData) {
    this.token = element.querySelector<HTMLInputElement>('[name="csrfmiddlewaretoken"]')?.value ?? '';
    this.checked = data.checked;
    this.version = data.version;
    this.saved = JSON.stringify(data.content);
    this.sheet = new Sheet(JSON.parse(this.saved) as Content, (structure) => this.changed(structure));
    const rulesTable = el('table', { className: 'data rules' }, el('caption', { className: 'unseen' }, t('规则')));
    const casesTable = el('table', { className: 'data rules' }, el('caption', { className: 'unseen' }, t('测试用例')));
    this.rules = new Grid(rulesTable, this.rulesSource(), t('行序'));
    this.cases = new Grid(casesTable, casesSource(this.sheet, () => this.checked.results, (at) => this.addCase(at), (row) => this.cases.activate(row, this.cases.column)), t('结果'));
    const add = el('button', { type: 'button', className: 'btn btn-sm', onclick: () => this.addCase() }, t('加测试用例'));
    element.append(
      this.bar,
      el('section', { className: 'card tight' }, el('div', { className: 'table-frame rules-frame' }, rulesTable), this.line),
      el('div', { className: 'rules-panels' }, this.column, this.trying, this.found),
      el('section', { className: 'card tight' }, el('div', { className: 'card-head' }, el('h2', {}, t('测试用例')), add),
        el('p', { className: 'sub rules-line' }, t('写下条件和应得的结果；多个结果用 | 分开，没有一行符合就留空。发布前全部要通过。')),
        el('div', { className: 'table-frame rules-frame', tabIndex: 0, role: 'region', ariaLabel: t('测试用例') }, casesTable)),
    );
    const leaving = new AbortController();
    window.addEventListener('beforeunload', (event) => this.dirty && event.preventDefault(), leaving);
    document.addEventListener('keydown', (event) => this.key(event), leaving);
    this.leave = () => {
      leaving.abort();
      window.clearTimeout(this.timer);
    };
    this.restore();
    this.show(true);
  }

  private get dirty(): boolean {
    return JSON.stringify(this.sheet.content) !== this.saved;
  }

  private get store(): string {
    return `panshi:rules:${this.data.key}`;
  }

  /** Take up what this browser kept of an edit that was never saved. */
  private restore(): void {
    const text = localStorage.getItem(this.store);
    if (!text) return;
    const kept = JSON.parse(text) as Kept;
    if (kept.version !== this.version) return localStorage.removeItem(this.store);
    this.sheet.change((content) => Object.assign(content, kept.content));
    toast(t('已恢复上次没有保存的修改。'), 'info', { label: t('不要'), act: () => this.sheet.undo() });
  }

  private changed(structure: boolean): void {
    localStorage.setItem(this.store, JSON.stringify({ version: this.version, content: this.sheet.content }));
    this.lit = [];
    this.show(structure);
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.check(), PAUSE);
  }

  private show(structure: boolean): void {
    for (const grid of [this.rules, this.cases]) structure ? grid.render() : grid.refresh();
    this.showBar();
    this.showFound();
    if (structure) this.showTrying();
    this.showColumn();
  }

  private showBar(): void {
    const button = (label: string, act: () => void, more: Partial<HTMLButtonElement> = {}): HTMLElement =>
      el('button', { type: 'button', className: 'btn btn-sm', onclick: act, ...more }, label);
    const policy = el('select', { id: 'rules-policy', onchange: () => this.sheet.change((content) => (content.table.policy = policy.value)) });
    for (const [value, label] of [['first', t('取第一条符合的')], ['unique', t('只能有一条符合')], ['collect', t('取全部符合的')]] as const) {
      policy.append(el('option', { value, selected: value === this.sheet.content.table.policy }, label));
    }
    const wrong = this.checked.publishable ? '' : t('还不能发布');
    this.state.textContent = [this.dirty ? t('有未保存的修改') : this.data.fresh && this.version === this.data.version ? t('还没有草稿') : t('已保存'), wrong].filter(Boolean).join(' · ');
    const focused = this.bar.contains(document.activeElement) ? (document.activeElement as HTMLElement).textContent : null;
    this.bar.replaceChildren(
      field(t('多行符合时'), policy),
      button(t('加一行'), () => this.addRule(this.rules.row + 1)),
      button(t('删此行'), () => this.dropRule(this.rules.row)),
      button(t('加条件列'), () => this.rules.activate(this.rules.row, newColumn(this.sheet, true))),
      button(t('加结果列'), () => this.rules.activate(this.rules.row, newColumn(this.sheet, false))),
      button(t('撤销'), () => this.sheet.undo(), { disabled: !this.sheet.canUndo }),
      button(t('重做'), () => this.sheet.redo(), { disabled: !this.sheet.canRedo }),
      el('span', { className: 'grow' }), this.state,
      button(t('保存草稿'), () => void this.save(), { className: 'btn', disabled: !this.dirty }),
      button(t('发布…'), () => void this.publish(), { className: 'btn btn-primary' }),
    );
    if (focused) [...this.bar.querySelectorAll('button')].find((one) => one.textContent === focused)?.focus();
  }

  private showFound(): void {
    this.found.replaceChildren(el('div', { className: 'card-head' }, el('h2', {}, t('检查'))),
      findingList(this.checked, (at) => this.sheet.content.cases[at]?.name || String(at + 1), (row, column) => this.rules.activate(row, column)));
  }

  private showTrying(): void {
    this.trying.replaceChildren(el('div', { className: 'card-head' }, el('h2', {}, t('试一试'))),
      tryPanel(this.sheet, this.typed, () => this.tryOut()), this.answer);
  }

  private showColumn(): void {
    if (this.column.contains(document.activeElement)) return;
    this.column.replaceChildren(el('div', { className: 'card-head' }, el('h2', {}, t('当前列'))),
      columnPanel(this.sheet, this.rules.column, (column) => this.rules.activate(this.rules.row, column)));
  }

  private tryOut(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.check(), PAUSE);
  }

  /** Ask the server about everything; an answer that a later question overtook is dropped. */
  private async check(): Promise<void> {
    const number = ++this.asked;
    const wants = Object.values(this.typed).some(Boolean);
    const answer = await this.send(this.data.urls.check, { content: this.sheet.content, ...(wants ? { try: this.typed } : {}) });
    if (!answer?.ok || number !== this.asked) return;
    this.checked = (await answer.json()) as Checked;
    this.lit = this.checked.tried?.rows ?? [];
    this.answer.replaceChildren(...triedWords(this.checked.tried));
    this.rules.refresh();
    this.cases.refresh();
    this.showBar();
    this.showFound();
    this.showLine(this.rules.row, this.rules.column);
  }

  private async send(url: string, body: object): Promise<Response | null> {
    try {
      const headers = { 'Content-Type': 'application/json', 'X-CSRFToken': this.token };
      return await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    } catch {
      this.state.textContent = t('连不上服务器；修改保存在这台电脑上。');
      return null;
    }
  }

  /** Save the draft; when somebody else saved meanwhile, ask whose is to stay. True when it is saved. */
  private async save(): Promise<boolean> {
    this.rules.commit();
    this.cases.commit();
    const text = JSON.stringify(this.sheet.content);
    const answer = await this.send(this.data.urls.save, { content: this.sheet.content, version: this.version });
    if (!answer) return false;
    const told = (await answer.json().catch(() => ({}))) as { version?: number; theirs?: number; message?: string; checked?: Checked };
    if (answer.status === 409 && told.theirs) {
      if (!(await ask(`${told.message}\n${t('要用您的内容覆盖吗？选“取消”可先在另一个窗口查看对方的修改。')}`))) return false;
      this.version = told.theirs;
      return this.save();
    }
    if (!answer.ok || !told.version) {
      toast(told.message ?? t('没有保存，请稍后重试。'), 'bad');
      return false;
    }
    this.version = told.version;
    this.saved = text;
    this.checked = told.checked ?? this.checked;
    if (!this.dirty) localStorage.removeItem(this.store);
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
    else if (inGrid && name === 'z' && !event.shiftKey) (this.rules.commit(), this.sheet.undo());
    else if (inGrid && (name === 'y' || name === 'z')) this.sheet.redo();
    else return;
    event.preventDefault();
  }

  private addRule(at: number): void {
    this.sheet.change((content) => insertRule(content, at));
    this.rules.activate(at, 0);
  }

  private dropRule(at: number): void {
    if (this.sheet.content.table.rows.length > 1) this.sheet.change((content) => removeRule(content, at));
  }

  private addCase(at = this.sheet.content.cases.length): void {
    const blank = { name: t('用例 {number}', { number: this.sheet.content.cases.length + 1 }), values: { ...this.typed }, expected: {} };
    this.sheet.change((content) => content.cases.splice(at, 0, blank));
    this.cases.activate(at, 0);
  }

  private error(row: number | null, column: number): string {
    return this.checked.errors.find((one) => one.row === row && one.column === column)?.message ?? '';
  }

  private showLine(row: number, column: number): void {
    const one = columnsOf(this.sheet.content)[column];
    const wrong = this.error(row, column) || this.error(null, column);
    this.line.textContent = wrong || (one ? hint(one.kind, isInput(this.sheet.content, column), one.choices) : '');
    this.line.classList.toggle('bad', Boolean(wrong));
  }

  private head(column: number): (Node | string)[] {
    const one = columnsOf(this.sheet.content)[column];
    if (!one) return [t('说明')];
    const side = isInput(this.sheet.content, column) ? t('条件') : t('结果');
    const kind = kinds().find(([value]) => value === one.kind)?.[1] ?? one.kind;
    return [el('span', { className: 'dim' }, side), ` ${one.label || one.name}`, el('small', {}, `${one.name} · ${kind}${one.formula ? ` · = ${one.formula}` : ''}`)];
  }

  private rulesSource(): GridSource {
    const content = (): Content => this.sheet.content;
    return {
      rows: () => content().table.rows.length,
      columns: () => columnsOf(content()).length + 1,
      text: (row, column) => cellText(content(), row, column),
      label: (row, column) => t('第 {row} 行，{column}', { row: row + 1, column: columnsOf(content())[column]?.label || columnsOf(content())[column]?.name || t('说明') }),
      head: (column) => this.head(column),
      rowHead: (row) => `${row + 1}${this.lit.includes(row + 1) ? ' ✓' : ''}`,
      cellClass: (row, column) =>
        [isInput(content(), column) ? 'condition' : 'result', this.error(row, column) ? 'bad' : '', isInput(content(), column) && ['', '-'].includes(cellText(content(), row, column)) ? 'any' : ''].join(' '),
      rowClass: (row) => (this.lit.includes(row + 1) ? 'lit' : ''),
      write: (row, column, block) =>
        this.sheet.change((all) => {
          block.forEach((texts, down) => {
            if (row + down >= all.table.rows.length) all.table.rows.push(blankRule(all));
            texts.forEach((text, right) => setCell(all, row + down, column + right, text));
          });
        }, row + block.length > content().table.rows.length),
      moved: (row, column) => {
        this.showLine(row, column);
        if (this.column.dataset.at !== String(column)) this.showColumn();
        this.column.dataset.at = String(column);
      },
      rowAct: (act, row) => {
        if (act === 'insert') return this.addRule(row + 1);
        if (act === 'remove') return this.dropRule(row);
        const by = act === 'up' ? -1 : 1;
        this.sheet.change((all) => move(all.table.rows, row, by));
        this.rules.activate(row + by, this.rules.column);
      },
    };
  }
}
