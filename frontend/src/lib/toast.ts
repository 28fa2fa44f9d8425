/** Messages that pass, at the edge of the page; what failed stays until it is closed. */
import { t } from './text';

export type Tone = 'good' | 'info' | 'warn' | 'bad';

export interface Act {
  label: string;
  act: () => void;
}

/** Show a sentence; with `undo` it stays long enough to reach the button. */
export function toast(text: string, tone: Tone = 'info', undo?: Act): HTMLElement {
  const box = document.createElement('div');
  box.className = `toast ${tone}`;
  if (tone === 'bad') box.setAttribute('role', 'alert');
  const words = document.createElement('span');
  words.className = 'grow';
  words.textContent = text;
  box.append(words);
  if (undo) box.append(button('btn btn-sm', undo.label, () => (undo.act(), box.remove())));
  const close = button('close', '×', () => box.remove());
  close.setAttribute('aria-label', t('关闭'));
  box.append(close);
  document.getElementById('toasts')?.append(box);
  if (tone !== 'bad') passAway(box, undo ? 10_000 : 5_000);
  return box;
}

/** Remove after a while, but not under the pointer or the focus. */
function passAway(box: HTMLElement, after: number): void {
  const leave = (): void => {
    if (box.matches(':hover, :focus-within')) setTimeout(leave, 1_000);
    else box.remove();
  };
  setTimeout(leave, after);
}

function button(look: string, label: string, act: () => void): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = look;
  made.textContent = label;
  made.addEventListener('click', act);
  return made;
}
