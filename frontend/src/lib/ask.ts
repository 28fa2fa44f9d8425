/** One question before something happens, in the page's confirmation dialog. */

/** Ask; true when the person agrees. A sentence after the first line break is shown as the explanation. */
export function ask(question: string): Promise<boolean> {
  const dialog = document.querySelector<HTMLDialogElement>('#confirm');
  if (!dialog) return Promise.resolve(window.confirm(question));
  const [title = '', ...rest] = question.split('\n');
  dialog.querySelector('h2')!.textContent = title;
  dialog.querySelector('[data-detail]')!.textContent = rest.join('\n');
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener('close', () => answer(dialog.returnValue === 'yes'), { once: true });
  });
}
