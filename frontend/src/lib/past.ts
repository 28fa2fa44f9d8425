/** Something edited, with every step undoable: `change` keeps what was before, `undo` and `redo` walk. */
const MOST_STEPS = 200;

export class Past<Value> {
  private before: string[] = [];
  private after: string[] = [];

  constructor(
    public value: Value,
    private readonly told: () => void,
  ) {}

  change(act: (value: Value) => void): void {
    const was = JSON.stringify(this.value);
    act(this.value);
    if (JSON.stringify(this.value) === was) return;
    this.before.push(was);
    if (this.before.length > MOST_STEPS) this.before.shift();
    this.after = [];
    this.told();
  }

  undo(): void {
    this.walk(this.before, this.after);
  }

  redo(): void {
    this.walk(this.after, this.before);
  }

  get canUndo(): boolean {
    return this.before.length > 0;
  }

  get canRedo(): boolean {
    return this.after.length > 0;
  }

  private walk(from: string[], to: string[]): void {
    const step = from.pop();
    if (step === undefined) return;
    to.push(JSON.stringify(this.value));
    this.value = JSON.parse(step) as Value;
    this.told();
  }
}
