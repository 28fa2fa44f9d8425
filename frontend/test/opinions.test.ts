import { describe, expect, it } from 'vitest';
import { mount } from '../src/islands/opinions';

function page(): { form: HTMLFormElement; words: HTMLTextAreaElement; chips: HTMLButtonElement[]; sent: string[] } {
  document.body.innerHTML = `<form><textarea data-opinion></textarea>
    <div data-island="opinions"><button type="button" data-says="同意。">同意。</button><button type="button" data-says="请补合同。">…</button></div>
    <button name="verb" value="reject">拒绝</button><button name="verb" value="approve" data-primary>同意</button></form>`;
  const form = document.querySelector('form')!;
  const sent: string[] = [];
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    sent.push((event.submitter as HTMLButtonElement).value);
  });
  mount(document.querySelector<HTMLElement>('[data-island]')!, undefined);
  return {
    form,
    words: document.querySelector('textarea')!,
    chips: [...document.querySelectorAll<HTMLButtonElement>('[data-says]')],
    sent,
  };
}

describe('quick opinions', () => {
  it('put their words in, after what was typed', () => {
    const { words, chips } = page();
    chips[0]!.click();
    expect(words.value).toBe('同意。');
    chips[1]!.click();
    expect(words.value).toBe('同意。 请补合同。');
  });

  it('send by Ctrl+Enter with the primary button', () => {
    const { words, sent } = page();
    words.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    expect(sent).toEqual([]);
    words.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true }));
    expect(sent).toEqual(['approve']);
  });
});
