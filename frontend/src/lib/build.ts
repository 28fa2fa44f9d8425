/** Elements built in a line: `el('button', { className: 'btn', onclick: act }, '保存')`. */
type Given<Tag extends keyof HTMLElementTagNameMap> = Partial<Omit<HTMLElementTagNameMap[Tag], 'style'>>;

export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  given: Given<Tag> = {},
  ...inside: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = Object.assign(document.createElement(tag), given);
  made.append(...inside);
  return made;
}

/** A labelled field as forms of the product have it. */
export function field(label: string, control: HTMLElement, help = ''): HTMLElement {
  const name = el('label', {}, label);
  if (control.id) name.htmlFor = control.id;
  const box = el('div', { className: 'field' }, name, control);
  if (help) box.append(el('div', { className: 'help' }, help));
  return box;
}
