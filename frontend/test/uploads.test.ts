import { beforeEach, describe, expect, it, vi } from 'vitest';
import { mount } from '../src/islands/uploads';
import { show } from './page';

interface Sent {
  url: string;
  body: FormData;
  answer: (status: number, text: string) => void;
  fail: () => void;
}

let sent: Sent[];
let form: HTMLFormElement;

class FakeRequest extends EventTarget {
  upload = new EventTarget();
  status = 0;
  responseText = '';
  private url = '';

  open(_method: string, url: string): void {
    this.url = url;
  }

  setRequestHeader(): void {}

  send(body: FormData): void {
    sent.push({
      url: this.url,
      body,
      answer: (status, text) => {
        this.status = status;
        this.responseText = text;
        this.dispatchEvent(new Event('load'));
      },
      fail: () => this.dispatchEvent(new Event('error')),
    });
  }
}

const choose = (...files: File[]): void => {
  const input = form.querySelector<HTMLInputElement>('input[name="file"]')!;
  Object.defineProperty(input, 'files', { value: files, configurable: true });
  Object.defineProperty(input, 'value', { value: '', writable: true, configurable: true });
  input.dispatchEvent(new Event('change', { bubbles: true }));
};
const pdf = (name: string): File => new File(['%PDF-1.7'], name);
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
const said = (): string[] => [...document.querySelectorAll('.toast')].map((each) => each.textContent ?? '');

beforeEach(() => {
  sent = [];
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
  show(`<div class="files-panel"><form action="/files/of/account/1/upload/" data-kinds=".pdf .png" data-max="100">
    <input type="hidden" name="csrfmiddlewaretoken" value="token"><input type="file" name="file" multiple>
    <label data-camera hidden></label><button data-plain></button><ul class="uploads"></ul></form></div>
    <div id="toasts"></div>`);
  form = document.querySelector('form')!;
  mount(form, undefined);
});

describe('several uploads at once', () => {
  it('sends one after the other, with the token, and lets the list load anew', async () => {
    const changed = vi.fn();
    document.body.addEventListener('panshi:changed', changed, { once: true });
    choose(pdf('a.pdf'), pdf('b.pdf'));
    await settled();
    expect(sent).toHaveLength(1);
    expect(sent[0]?.body.get('csrfmiddlewaretoken')).toBe('token');
    sent[0]?.answer(200, '{"taken":1,"refused":{}}');
    await settled();
    sent[1]?.answer(200, '{"taken":1,"refused":{}}');
    await settled();
    expect(changed).toHaveBeenCalledOnce();
    expect(said()).toEqual([]);
    expect(form.querySelectorAll('.uploads li')).toHaveLength(0);
  });

  it('says why one was refused and goes on with the others', async () => {
    choose(pdf('bad.pdf'), new File(['x'], 'no.exe'), pdf('good.pdf'));
    await settled();
    sent[0]?.answer(422, '{"taken":0,"refused":{"bad.pdf":"实际是程序"}}');
    await settled();
    expect(sent).toHaveLength(2);
    sent[1]?.answer(200, '{"taken":1,"refused":{}}');
    await settled();
    expect(said().some((text) => text.includes('bad.pdf：实际是程序'))).toBe(true);
    expect(said().some((text) => text.includes('no.exe'))).toBe(true);
  });

  it('survives a broken line and an answer that is none', async () => {
    choose(pdf('a.pdf'), pdf('b.pdf'));
    await settled();
    sent[0]?.fail();
    await settled();
    sent[1]?.answer(500, '<html>');
    await settled();
    expect(said()).toHaveLength(2);
  });

  it('hides the plain button where it can do better', () => {
    expect(form.querySelector<HTMLElement>('[data-plain]')?.hidden).toBe(true);
  });
});
