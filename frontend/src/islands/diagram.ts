/**
 * The diagram of a request or a definition: how far it is as colour and word, a panel for the chosen node, and the table
 * below that says the same and leads to the nodes.
 */
import type { Mount } from '../lib/islands';
import { el } from '../lib/build';
import { t } from '../lib/text';

export interface DiagramData {
  xml: string;
  nodes: { id: string; state: string; tag: string; title: string; lines: [string, string][] }[];
}

export const mount: Mount = (element, given) => {
  const data = given as DiagramData;
  const place = element.querySelector<HTMLElement>('[data-canvas]')!;
  const panel = element.querySelector<HTMLElement>('[data-panel]')!;
  const known = new Map(data.nodes.map((node) => [node.id, node]));
  let leave = (): void => undefined;
  let gone = false;

  const show = (id: string): void => {
    const node = known.get(id);
    if (!node) return;
    const lines = el('dl', { className: 'rows' });
    for (const [label, value] of node.lines) lines.append(el('div', {}, el('dt', {}, label), el('dd', {}, value)));
    panel.replaceChildren(el('h3', {}, node.title), lines);
  };

  void import('../lib/canvas').then(async ({ Diagram }) => {
    if (gone) return;
    const diagram = new Diagram(place);
    leave = () => diagram.leave();
    if (!(await diagram.draw(data.xml))) {
      place.replaceChildren(el('p', { className: 'sub' }, t('这个流程没有图形，请看下面的表。')));
      return;
    }
    for (const node of data.nodes) {
      if (node.state) diagram.mark(node.id, `is-${node.state}`);
      if (node.tag) diagram.tag(node.id, node.tag);
    }
    const choose = (id: string, far = false): void => {
      if (!known.has(id)) return;
      diagram.choose(id, far);
      show(id);
    };
    diagram.onClick((id) => choose(id));
    for (const button of element.querySelectorAll<HTMLButtonElement>('[data-node]')) {
      button.addEventListener('click', () => choose(button.dataset.node ?? '', true));
    }
    const acts: Record<string, () => void> = { in: () => diagram.zoomBy(1.25), out: () => diagram.zoomBy(0.8), fit: () => diagram.fit() };
    for (const button of element.querySelectorAll<HTMLButtonElement>('[data-zoom]')) {
      button.addEventListener('click', () => acts[button.dataset.zoom ?? '']?.());
      button.disabled = false;
    }
    const now = data.nodes.find((node) => node.state === 'current');
    if (now) {
      diagram.open(now.id);
      show(now.id);
    }
    element.dataset.drawn = '';
  });
  return () => {
    gone = true;
    leave();
  };
};
