import { beforeEach, expect, it, vi } from 'vitest';
import { mount } from '../src/frame/command';
import { listenForKeys } from '../src/lib/keys';
import { press, show, teachDialogs } from './page';

let box: HTMLDialogElement;
const field = (): HTMLInputElement => box.querySelector('input')!;
const selected = (): string | undefined => box.querySelector('[aria-selected="true"]')?.textContent ?? undefined;

function type(words: string): void {
  field().value = words;
  field().dispatchEvent(new InputEvent('input'));
}

teachDialogs();
listenForKeys(document);

beforeEach(() => {
  vi.useFakeTimers();
  box = show(`<dialog id="command" data-url="/search/"><input><div role="listbox"><div data-found></div>
    <div data-commands><a role="option" id="a" href="#list" data-words="客户 档案 dangan da">前往档案</a>
    <a role="option" id="b" href="#new" data-words="新建 客户">新建客户</a></div></div><p data-none hidden></p></dialog>`) as HTMLDialogElement;
  mount(box, undefined);
  return () => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  };
});

it('opens with Ctrl-K and with a slash, but a slash typed in a field is a slash', () => {
  press('k', document.body, { ctrlKey: true });
  expect(box.open).toBe(true);
  box.close();
  press('/');
  expect(box.open).toBe(true);
  box.close();
  const other = document.body.appendChild(document.createElement('textarea'));
  expect(press('/', other).defaultPrevented).toBe(false);
  expect(box.open).toBe(false);
});

it('offers the commands that hold every word', () => {
  vi.stubGlobal('fetch', vi.fn().mockResolvedValue(new Response('')));
  type('客户 新建');
  expect(selected()).toBe('新建客户');
  type('dang');
  expect(selected()).toBe('前往档案');
  type('没有这样的事');
  expect(box.querySelector<HTMLElement>('[data-none]')!.hidden).toBe(false);
});

it('asks once for what was typed last and shows no late answer', async () => {
  const answers: ((answer: Response) => void)[] = [];
  const fetch = vi.fn(() => new Promise<Response>((answer) => answers.push(answer)));
  vi.stubGlobal('fetch', fetch);
  type('恒');
  type('恒岳');
  vi.advanceTimersByTime(200);
  expect(fetch).toHaveBeenCalledTimes(1);
  type('恒岳重工');
  vi.advanceTimersByTime(200);
  answers[1]!(new Response('<a role="option" id="r" href="#r">恒岳重工</a>'));
  answers[0]!(new Response('<a role="option" id="old" href="#old">旧</a>'));
  await vi.runAllTimersAsync();
  expect(box.querySelector('[data-found]')!.textContent).toBe('恒岳重工');
  expect(selected()).toBe('恒岳重工');
  expect(field().getAttribute('aria-activedescendant')).toBe('r');
});

it('moves with the arrows and stays at the ends', () => {
  type('客户');
  press('ArrowDown', field());
  press('ArrowDown', field());
  expect(selected()).toBe('新建客户');
  press('ArrowUp', field());
  press('ArrowUp', field());
  expect(selected()).toBe('前往档案');
});
