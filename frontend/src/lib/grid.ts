/**
 * A grid one moves in by keyboard, as in a spreadsheet. The active cell always holds the one input, its text selected, so
 * that typing replaces it and Chinese input methods work; Enter or F2 or a click begins to edit inside the text.
 */
import { pasted } from './sheet';

export interface GridSource {
  rows(): number;
  columns(): number;
  text(row: number, column: number): string;
  /** The words for a cell to those who hear the page. */
  label(row: number, column: number): string;
  /** Nodes of the head of a column. */
  head(column: number): (Node | string)[];
  rowHead(row: number): string;
  cellClass(row: number, column: number): string;
  rowClass(row: number): string;
  /** Write a block of texts as one step, adding rows below where it is taller than what is there. */
  write(row: number, column: number, block: string[][]): void;
  /** The active cell is another. */
  moved(row: number, column: number): void;
  /** Insert a row below, move the row, remove it. */
  rowAct(act: 'insert' | 'up' | 'down' | 'remove', row: number): void;
}

const STEPS: Record<string, [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

export class Grid {
  row = 0;
  column = 0;
  private editing = false;
  private redrawing = false;
  private readonly input = document.createElement('input');

  constructor(
    private readonly table: HTMLTableElement,
    private readonly source: GridSource,
    private readonly corner: string,
  ) {
    table.setAttribute('role', 'grid');
    this.input.autocomplete = 'off';
    this.input.spellcheck = false;
    this.input.addEventListener('input', () => (this.editing = true));
    this.input.addEventListener('blur', () => this.commit());
    this.input.addEventListener('paste', (event) => this.paste(event));
    this.input.addEventListener('mousedown', (event) => this.touch(event));
    this.input.addEventListener('dblclick', () => this.begin());
    table.addEventListener('keydown', (event) => this.key(event));
    table.addEventListener('mousedown', (event) => this.press(event));
  }

  /** Draw everything anew, keeping the active cell where it is as far as it exists. */
  render(): void {
    const focused = this.table.contains(document.activeElement);
    this.redrawing = true; // a browser tells blur when a focused input leaves the page, and the rows are others now
    const head = document.createElement('thead');
    const titles = head.insertRow();
    titles.append(cell('th', this.corner));
    for (let column = 0; column < this.source.columns(); column += 1) {
      const title = cell('th', '');
      title.scope = 'col';
      title.dataset.column = String(column);
      title.append(...this.source.head(column));
      titles.append(title);
    }
    const body = document.createElement('tbody');
    for (let row = 0; row < this.source.rows(); row += 1) body.append(this.line(row));
    this.input.remove();
    this.table.replaceChildren(...[...this.table.children].filter((one) => one.tagName === 'CAPTION'), head, body);
    this.redrawing = false;
    this.activate(this.row, this.column, focused);
  }

  /** Take the texts and classes of every cell anew, without building them. */
  refresh(): void {
    for (const [row, line] of [...(this.table.tBodies[0]?.rows ?? [])].entries()) {
      line.className = this.source.rowClass(row);
      line.cells[0]!.textContent = this.source.rowHead(row);
      for (let column = 0; column < this.source.columns(); column += 1) this.dress(line.cells[column + 1]!, row, column);
    }
  }

  /** Make a cell the active one; with `focus` go there. */
  activate(row: number, column: number, focus = true): void {
    this.commit();
    this.row = Math.max(0, Math.min(row, this.source.rows() - 1));
    this.column = Math.max(0, Math.min(column, this.source.columns() - 1));
    const place = this.at(this.row, this.column);
    if (!place) return;
    const former = this.input.parentElement;
    this.input.value = this.source.text(this.row, this.column); // before it moves: leaving its cell is a blur, which writes
    if (former && former !== place) {
      this.input.remove();
      former.textContent = former.dataset.text ?? '';
    }
    this.input.setAttribute('aria-label', this.source.label(this.row, this.column));
    this.input.setAttribute('aria-invalid', String(place.classList.contains('bad')));
    if (this.input.parentElement !== place) place.replaceChildren(this.input);
    this.editing = false;
    this.source.moved(this.row, this.column);
    if (focus) {
      this.input.focus({ preventScroll: true });
      this.input.select();
      place.scrollIntoView?.({ block: 'nearest', inline: 'nearest' });
    }
  }

  /** Write what was typed. */
  commit(): void {
    const typed = this.input.value;
    if (this.redrawing || !this.input.isConnected || typed === this.source.text(this.row, this.column)) return;
    this.source.write(this.row, this.column, [[typed]]);
  }

  private line(row: number): HTMLTableRowElement {
    const line = document.createElement('tr');
    line.className = this.source.rowClass(row);
    const head = cell('th', this.source.rowHead(row));
    head.scope = 'row';
    line.append(head);
    for (let column = 0; column < this.source.columns(); column += 1) {
      const place = cell('td', '');
      place.setAttribute('role', 'gridcell');
      this.dress(place, row, column);
      line.append(place);
    }
    return line;
  }

  private dress(place: HTMLTableCellElement, row: number, column: number): void {
    const text = this.source.text(row, column);
    place.className = this.source.cellClass(row, column);
    place.dataset.text = text;
    if (this.input.parentElement === place) {
      if (!this.editing) this.input.value = text;
      this.input.setAttribute('aria-invalid', String(place.classList.contains('bad')));
    } else if (place.textContent !== text) place.textContent = text;
  }

  private at(row: number, column: number): HTMLTableCellElement | null {
    return this.table.tBodies[0]?.rows[row]?.cells[column + 1] ?? null;
  }

  private press(event: MouseEvent): void {
    const place = (event.target as HTMLElement).closest('td');
    if (!place || place.contains(this.input)) return;
    event.preventDefault();
    this.activate((place.parentElement as HTMLTableRowElement).sectionRowIndex, place.cellIndex - 1);
  }

  /** One click on the active cell keeps it selected as in a spreadsheet; a second one begins to edit. */
  private touch(event: MouseEvent): void {
    if (this.editing) return;
    event.preventDefault();
    this.input.focus({ preventScroll: true });
    this.input.select();
  }

  private paste(event: ClipboardEvent): void {
    const block = pasted(event.clipboardData?.getData('text/plain') ?? '');
    if (block.length === 1 && block[0]!.length === 1) return;
    event.preventDefault();
    this.input.value = this.source.text(this.row, this.column);
    this.source.write(this.row, this.column, block);
    this.activate(this.row, this.column);
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing || !this.table.contains(event.target as Node) || event.target !== this.input) return;
    const act = this.acted(event);
    if (act) {
      event.preventDefault();
      event.stopPropagation();
      act();
    }
  }

  /** What a key does, null when it is left to the input. */
  private acted(event: KeyboardEvent): (() => void) | null {
    const step = STEPS[event.key];
    if (event.altKey && step && step[0]) return () => this.rows(step[0] < 0 ? 'up' : 'down');
    if (event.ctrlKey || event.metaKey) {
      if (event.key === 'Enter') return () => this.rows('insert');
      if (event.key === 'Backspace' || event.key === 'Delete') return () => this.rows('remove');
      return null;
    }
    if (step && (!this.editing || step[0])) return () => this.activate(this.row + step[0], this.column + step[1]);
    if (event.key === 'Tab') return this.tab(event.shiftKey ? -1 : 1);
    if (event.key === 'Escape') return this.editing ? () => this.restore() : null;
    if (event.key === 'Enter') return () => (this.editing ? this.activate(this.row + 1, this.column) : this.begin());
    if (event.key === 'F2') return () => this.begin();
    if (!this.editing && (event.key === 'Delete' || event.key === 'Backspace')) return () => this.clear();
    return null;
  }

  /** One cell on, over the ends of rows; at the very end the key leaves the grid, so nobody is caught in it. */
  private tab(by: number): (() => void) | null {
    const place = this.row * this.source.columns() + this.column + by;
    if (place < 0 || place >= this.source.rows() * this.source.columns()) return null;
    return () => this.activate(Math.floor(place / this.source.columns()), place % this.source.columns());
  }

  private rows(act: 'insert' | 'up' | 'down' | 'remove'): void {
    this.commit();
    this.source.rowAct(act, this.row);
  }

  private begin(): void {
    this.editing = true;
    this.input.setSelectionRange(this.input.value.length, this.input.value.length);
  }

  private restore(): void {
    this.input.value = this.source.text(this.row, this.column);
    this.editing = false;
    this.input.select();
  }

  private clear(): void {
    this.input.value = '';
    this.commit();
  }
}

function cell<Tag extends 'td' | 'th'>(tag: Tag, text: string): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
