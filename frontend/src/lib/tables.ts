/** Tables that fit their place stick their head to the page; wider ones keep a scrolling frame of their own. */

const frames = new ResizeObserver((changes) => {
  for (const { target } of changes) fit(target as HTMLElement);
});

/** Watch the tables of a part of the page; observers of removed elements are forgotten by the browser. */
export function watchTables(root: ParentNode): void {
  for (const frame of root.querySelectorAll<HTMLElement>('.table-frame')) frames.observe(frame);
}

function fit(frame: HTMLElement): void {
  const fits = (frame.firstElementChild?.scrollWidth ?? 0) <= frame.clientWidth;
  frame.classList.toggle('fits', fits);
  if (fits) frame.removeAttribute('tabindex');
  else frame.tabIndex = 0;
}
