/** What happens around every HTMX request: that it works, that it failed, and questions before it is sent. */
import htmx from './htmx';
import { ask } from './ask';
import { t } from './text';
import { toast } from './toast';

/** Watch requests of the whole page. */
export function guardRequests(page: Document): void {
  const bar = page.querySelector('.working');
  let open = 0;
  // What asks by itself (`data-quiet`) neither shows that it works nor complains: nobody waits for it.
  const hear = (name: string, act: (event: CustomEvent) => void): void =>
    page.addEventListener(name, (event) => {
      const asking = (event as CustomEvent).detail?.elt as HTMLElement | undefined;
      if (asking?.dataset?.quiet === undefined) act(event as CustomEvent);
    });
  hear('htmx:beforeRequest', () => bar?.classList.toggle('on', ++open > 0));
  hear('htmx:afterRequest', () => bar?.classList.toggle('on', (open = Math.max(0, open - 1)) > 0));
  hear('htmx:sendError', () => toast(t('连不上服务器，请检查网络后重试。'), 'bad'));
  hear('htmx:timeout', () => toast(t('服务器没有及时回答，请稍后重试。'), 'bad'));
  hear('htmx:responseError', (event) => toast(sentence(event.detail.xhr.status), 'bad'));
  page.addEventListener('htmx:confirm', (event) => {
    const { question, issueRequest } = (event as CustomEvent).detail;
    if (!question) return;
    event.preventDefault();
    void ask(question).then((yes) => yes && issueRequest(true));
  });
  page.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.dataset.confirm || form.dataset.agreed) return;
    event.preventDefault();
    const submitter = event.submitter;
    void ask(form.dataset.confirm).then((yes) => {
      if (!yes) return;
      form.dataset.agreed = 'yes';
      form.requestSubmit(submitter);
    });
  });
  page.addEventListener('panshi:toast', (event) => {
    const { text, tone, undo } = (event as CustomEvent).detail;
    toast(text, tone, undo && { label: t('撤销'), act: () => void htmx.ajax('post', undo, { swap: 'none' }) });
  });
}

/** What a failed answer means, and what to do. */
export function sentence(status: number): string {
  if (status === 401 || status === 419) return t('登录已过期，请重新登录。');
  if (status === 403) return t('您没有此项操作的权限。');
  if (status === 404) return t('记录不存在，或您无权查看。');
  if (status === 413) return t('文件太大。');
  if (status === 429) return t('操作太频繁，请稍后再试。');
  return t('服务器出错（{status}），没有保存。请稍后重试。', { status });
}
