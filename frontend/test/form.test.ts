import { expect, it } from 'vitest';
import { mount } from '../src/islands/form';
import { show } from './page';

const html = '<form><input name="name" value="恒岳"><button>保存</button></form>';

function leave(): boolean {
  const event = new Event('beforeunload', { cancelable: true });
  window.dispatchEvent(event);
  return event.defaultPrevented;
}

it('warns before leaving only when something was typed', () => {
  const form = show(html) as HTMLFormElement;
  const stop = mount(form, undefined) as () => void;
  expect(leave()).toBe(false);
  form.querySelector('input')!.value = '恒岳重工';
  expect(leave()).toBe(true);
  stop();
  expect(leave()).toBe(false);
});

it('still warns after a refused save, for nothing is saved', () => {
  const form = show('<form><input name="name" value="恒岳" aria-invalid="true"></form>');
  const stop = mount(form, undefined) as () => void;
  expect(leave()).toBe(true);
  stop();
});

it('sends once, and again after the answer', () => {
  const form = show(html) as HTMLFormElement;
  const stop = mount(form, undefined) as () => void;
  const send = (): boolean => form.dispatchEvent(new SubmitEvent('submit', { cancelable: true, bubbles: true, submitter: form.querySelector('button') }));
  expect(send()).toBe(true);
  expect(form.querySelector('button')!.getAttribute('aria-busy')).toBe('true');
  expect(send()).toBe(false);
  form.dispatchEvent(new Event('htmx:afterRequest'));
  expect(form.querySelector('button')!.hasAttribute('aria-busy')).toBe(false);
  expect(send()).toBe(true);
  stop();
});

it('marks the side chosen in a conflict', () => {
  const form = show(`<form><table><tr><td class="chosen"><input type="radio" name="choose-name" value="mine" checked></td>
    <td><input type="radio" name="choose-name" value="theirs"></td></tr></table></form>`);
  const stop = mount(form, undefined) as () => void;
  form.querySelectorAll<HTMLInputElement>('input')[1]!.click();
  expect([...form.querySelectorAll('td')].map((cell) => cell.className)).toEqual(['', 'chosen']);
  stop();
});
