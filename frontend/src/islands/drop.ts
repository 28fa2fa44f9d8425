/**
 * A place to drop a file: `<div class="drop" data-island="drop" data-max="536870912" data-kinds=".csv .xlsx">` around a file input.
 * It refuses a wrong kind or size before anything is sent, and shows how far a long upload is.
 */
import type { Mount } from '../lib/islands';
import { t } from '../lib/text';

export const mount: Mount = (element) => {
  const input = element.querySelector<HTMLInputElement>('input[type="file"]')!;
  const words = element.querySelector<HTMLElement>('[data-chosen]')!;
  const kinds = (element.dataset.kinds ?? '').split(' ').filter(Boolean);
  const most = Number(element.dataset.max ?? Infinity);

  const look = (): void => {
    const file = input.files?.[0];
    const wrong = file ? refusal(file, kinds, most) : '';
    input.setCustomValidity(wrong);
    input.setAttribute('aria-invalid', String(Boolean(wrong)));
    words.textContent = wrong || (file ? `${file.name} · ${size(file.size)}` : '');
    words.classList.toggle('bad', Boolean(wrong));
  };

  for (const [name, over] of [['dragenter', true], ['dragover', true], ['dragleave', false], ['drop', false]] as const) {
    element.addEventListener(name, (event) => {
      event.preventDefault();
      element.classList.toggle('over', over);
    });
  }
  element.addEventListener('drop', (event) => {
    const dropped = event.dataTransfer?.files;
    if (!dropped?.length) return;
    input.files = dropped;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
  input.addEventListener('change', look);
  input.form?.addEventListener('htmx:xhr:progress', (event) => {
    const { loaded, total } = (event as CustomEvent<{ loaded: number; total: number }>).detail;
    if (total) words.textContent = t('已上传 {share} %', { share: Math.floor((loaded / total) * 100) });
  });
};

/** Why a file cannot be taken, "" when it can. */
export function refusal(file: { name: string; size: number }, kinds: string[], most: number): string {
  const named = file.name.toLowerCase();
  if (kinds.length && !kinds.some((kind) => named.endsWith(kind))) return t('只能用这些文件：{kinds}', { kinds: kinds.join(' ') });
  if (file.size === 0) return t('这个文件是空的。');
  if (file.size > most) return t('文件太大，最多 {most}。', { most: size(most) });
  return '';
}

/** Bytes in words (1024). */
export function size(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  const step = Math.min(units.length - 1, bytes > 0 ? Math.floor(Math.log2(bytes) / 10) : 0);
  return `${(bytes / 1024 ** step).toFixed(step ? 1 : 0)} ${units[step]}`;
}
