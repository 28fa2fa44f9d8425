/**
 * A select that finds records as one types: `data-url` answers `?q=` with `[{"value": "1", "text": "…", "hint": "…"}]`,
 * already limited to what the person may see. Without `data-url` it searches its own options.
 */
import TomSelect from 'tom-select/base';
import clearButton from 'tom-select/plugins/clear_button/plugin.js';
import removeButton from 'tom-select/plugins/remove_button/plugin.js';
import '../styles/picker.scss';
import type { Mount } from '../lib/islands';
import { t } from '../lib/text';

interface Found {
  value: string;
  text: string;
  hint?: string;
}

TomSelect.define('remove_button', removeButton);
TomSelect.define('clear_button', clearButton);

export const mount: Mount = (element) => {
  const select = element as HTMLSelectElement;
  const address = select.dataset.url;
  const picker = new TomSelect(select, {
    plugins: select.multiple
      ? { remove_button: { title: t('去掉') } }
      : { clear_button: { title: t('清除') } },
    maxOptions: 50,
    create: false,
    searchField: address ? [] : ['text'],
    placeholder: select.dataset.placeholder ?? t('输入名称、拼音或编码'),
    hidePlaceholder: true,
    ...(address && {
      preload: 'focus' as const,
      loadThrottle: 150,
      shouldLoad: () => true,
      score: () => () => 1,
      load: (words: string, done: (found?: Found[]) => void) => void find(address, words, done, () => picker.clearOptions()),
    }),
    render: {
      option: (found: Found, escape: (text: string) => string) =>
        `<div><span>${escape(found.text)}</span>${found.hint ? `<span class="sub">${escape(found.hint)}</span>` : ''}</div>`,
      no_results: () => `<div class="no-results" role="option" aria-disabled="true">${t('没有找到')}</div>`,
      loading: () => `<div class="no-results" role="option" aria-disabled="true">${t('正在查找…')}</div>`,
    },
  });
  select.setAttribute('aria-hidden', 'true');
  for (const name of ['aria-describedby', 'aria-invalid', 'aria-label']) {
    const value = select.getAttribute(name);
    if (value) picker.control_input.setAttribute(name, value);
  }
  return () => picker.destroy();
};

async function find(address: string, words: string, done: (found?: Found[]) => void, forget: () => void): Promise<void> {
  try {
    const answer = await fetch(`${address}${address.includes('?') ? '&' : '?'}q=${encodeURIComponent(words)}`);
    const found = answer.ok ? ((await answer.json()) as Found[]) : undefined;
    forget();
    done(found);
  } catch {
    done();
  }
}
