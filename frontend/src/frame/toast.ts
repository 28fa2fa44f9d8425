/** Lifts what the last action had to say out of the page into a passing message; failures stay where they are. */
import { toast, type Tone } from '../lib/toast';
import type { Mount } from '../lib/islands';

export const mount: Mount = (element) => {
  for (const line of element.querySelectorAll<HTMLElement>('.say')) {
    const tone = [...line.classList].find((name) => name !== 'say') as Tone;
    if (tone === 'bad') continue;
    toast(line.textContent?.trim() ?? '', tone);
    line.remove();
  }
};
