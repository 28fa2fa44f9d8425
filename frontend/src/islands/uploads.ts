/**
 * Uploads of several files: `<form class="drop" data-island="uploads" data-kinds=".pdf .png" data-max="52428800">` around a
 * file input. Files that are dropped, chosen or photographed go one by one, each with its own progress and its own answer; what
 * is refused says why, the others are not held up. Without scripts the form sends them all.
 */
import type { Mount } from '../lib/islands';
import { t } from '../lib/text';
import { toast } from '../lib/toast';
import { refusal } from './drop';

interface Answer {
  taken: number;
  refused: Record<string, string>;
}

export const mount: Mount = (element) => {
  const form = element as HTMLFormElement;
  const list = form.querySelector<HTMLElement>('.uploads')!;
  const kinds = (form.dataset.kinds ?? '').split(' ').filter(Boolean);
  const most = Number(form.dataset.max ?? Infinity);
  form.querySelector<HTMLElement>('[data-plain]')!.hidden = true;
  const camera = form.querySelector<HTMLElement>('[data-camera]');
  if (camera) camera.hidden = !matchMedia('(pointer: coarse)').matches;

  const take = async (files: File[]): Promise<void> => {
    let taken = 0;
    for (const file of files) {
      const line = list.appendChild(row(file.name));
      const wrong = refusal(file, kinds, most);
      taken += wrong ? refuse(line, wrong) : await send(form, file, line);
    }
    if (taken) document.body.dispatchEvent(new CustomEvent('panshi:changed', { bubbles: true }));
    if (taken && form.closest('.files-panel') === null) location.reload();
  };

  for (const [name, over] of [['dragenter', true], ['dragover', true], ['dragleave', false], ['drop', false]] as const) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.toggle('over', over);
    });
  }
  form.addEventListener('drop', (event) => void take([...(event.dataTransfer?.files ?? [])]));
  for (const input of form.querySelectorAll<HTMLInputElement>('input[type="file"]')) {
    input.addEventListener('change', () => {
      const files = [...(input.files ?? [])];
      input.value = '';
      void take(files);
    });
  }
};

/** Send one file; answers how many were taken. */
function send(form: HTMLFormElement, file: File, line: HTMLElement): Promise<number> {
  const data = new FormData();
  data.append('file', file);
  for (const name of ['csrfmiddlewaretoken', 'note']) {
    const value = form.querySelector<HTMLInputElement>(`[name="${name}"]`)?.value;
    if (value) data.append(name, value);
  }
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('POST', form.action);
    request.setRequestHeader('Accept', 'application/json');
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) show(line, event.loaded / event.total);
    });
    request.addEventListener('load', () => resolve(settle(line, request)));
    request.addEventListener('error', () => resolve(refuse(line, t('连接中断，文件没有保存，请重试。'))));
    request.send(data);
  });
}

/** Read the answer: taken, refused with its reason, or an answer that is none. */
function settle(line: HTMLElement, request: XMLHttpRequest): number {
  let answer: Answer | undefined;
  try {
    answer = JSON.parse(request.responseText) as Answer;
  } catch {
    answer = undefined;
  }
  const why = answer && Object.values(answer.refused)[0];
  if (why) return refuse(line, why);
  if (!answer || request.status >= 400) return refuse(line, t('服务器出错（{status}），没有保存。请稍后重试。', { status: request.status }));
  line.remove();
  return answer.taken;
}

function row(name: string): HTMLElement {
  const line = document.createElement('li');
  const words = line.appendChild(document.createElement('span'));
  words.textContent = name;
  const bar = line.appendChild(document.createElement('div'));
  bar.className = 'bar';
  bar.setAttribute('role', 'progressbar');
  bar.setAttribute('aria-label', name);
  bar.setAttribute('aria-valuemin', '0');
  bar.setAttribute('aria-valuemax', '100');
  bar.appendChild(document.createElement('i'));
  return line;
}

function show(line: HTMLElement, share: number): void {
  const bar = line.querySelector<HTMLElement>('.bar')!;
  bar.setAttribute('aria-valuenow', String(Math.round(share * 100)));
  bar.querySelector<HTMLElement>('i')!.style.width = `${Math.round(share * 100)}%`;
}

/** Say why beside the page, where it stays while the list of files loads anew. */
function refuse(line: HTMLElement, why: string): number {
  toast(t('{name}：{why}', { name: line.textContent ?? '', why }), 'bad');
  line.remove();
  return 0;
}
