/**
 * A BPMN drawing on the page: bpmn-js in the colours of our tokens, moved with mouse, finger and keys. Loaded only where
 * a diagram stands. The bpmn.io mark it draws stays as its licence asks.
 */
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { el } from './build';
import { type Box, heightAt, highestIn, laneAt, opening, viewOf, wholeScale } from './fitting';
import { t } from './text';

interface Canvas {
  viewbox(to?: Box): Box & { inner: Box };
  resized(): void;
  zoom(to?: number | 'fit-viewport', centre?: 'auto' | { x: number; y: number }): number;
  scroll(by: { dx: number; dy: number }): void;
  addMarker(id: string, marker: string): void;
  removeMarker(id: string, marker: string): void;
  scrollToElement(id: string): void;
}

interface Shape extends Box {
  id: string;
  type: string;
  businessObject: { name?: string };
}

interface Registry {
  get(id: string): Shape | undefined;
  filter(which: (one: Shape) => boolean): Shape[];
}

interface Overlays {
  add(id: string, overlay: object): void;
}

interface Bus {
  on(event: string, act: (told: { element: { id: string } }) => void): void;
}

const MOST = 3;
const LEAST = 0.1;
const STEP = 60;
/** Below this scale, or where they have moved out of sight, the names of lanes stand on the left edge. */
const SMALL = 0.85;

export class Diagram {
  private readonly viewer: InstanceType<typeof NavigatedViewer>;
  private readonly fingers = new Map<number, PointerEvent>();
  private chosen = '';
  private readonly watch: ResizeObserver;
  private width = 0;
  private first = '';
  private shapes: Shape[] = [];
  private readonly lanes = el('div', { className: 'diagram-lanes', ariaHidden: 'true' });

  constructor(private readonly place: HTMLElement) {
    this.viewer = new NavigatedViewer({
      container: place,
      zoomScroll: { enabled: false }, // the wheel scrolls the page; with Ctrl it zooms, see below
      bpmnRenderer: { defaultFillColor: 'var(--paper)', defaultStrokeColor: 'var(--ink-2)', defaultLabelColor: 'var(--ink)' },
    });
    place.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    for (const name of ['pointerdown', 'pointermove', 'pointerup', 'pointercancel'] as const) {
      place.addEventListener(name, (event) => this.finger(event));
    }
    place.tabIndex = 0;
    place.dataset.hint = t('方向键移动，+ 和 - 缩放，0 看全图');
    place.addEventListener('keydown', (event) => this.key(event));
    place.append(this.lanes);
    this.viewer.get<Bus>('eventBus').on('canvas.viewbox.changed', () => this.nameLanes());
    this.watch = new ResizeObserver(() => {
      if (Math.abs(place.clientWidth - this.width) > 40) this.open(this.first);
    });
    this.watch.observe(place);
  }

  /** Buttons that zoom, for places whose page brings none. */
  bar(): HTMLElement {
    const button = (label: string, act: () => void): HTMLElement => el('button', { type: 'button', className: 'btn btn-sm', onclick: act }, label);
    return el('span', { className: 'line' }, button(t('缩小'), () => this.zoomBy(0.8)), button(t('放大'), () => this.zoomBy(1.25)), button(t('全图'), () => this.fit()));
  }

  /** Draw a process; false when the file holds no drawing (a BPMN file may come without). */
  async draw(xml: string): Promise<boolean> {
    try {
      await this.viewer.importXML(xml);
    } catch {
      return false;
    }
    this.shapes = this.registry.filter((one) => one.type === 'bpmn:Lane' && Boolean(one.businessObject.name));
    this.open();
    return true;
  }

  /** Show the drawing: whole where it can be read, otherwise readable, from its beginning or with one node in the middle. */
  open(id = ''): void {
    this.first = id;
    this.width = this.place.clientWidth;
    if (!this.width) return;
    const { inner } = this.canvas.viewbox();
    const { scale } = opening(inner, this.width, highestIn(window.innerHeight));
    this.stand(inner, scale, id ? this.registry.get(id) : undefined);
  }

  /** Everything at once, however small. */
  fit(): void {
    if (!this.place.clientWidth) return;
    const { inner } = this.canvas.viewbox();
    this.stand(inner, wholeScale(inner, this.place.clientWidth, highestIn(window.innerHeight)));
  }

  zoomBy(by: number, centre?: { x: number; y: number }): void {
    this.zoomTo(this.canvas.zoom() * by, centre);
  }

  /** Give a node a look, by class. */
  mark(id: string, look: string): void {
    if (this.has(id)) this.canvas.addMarker(id, look);
  }

  /** A word that hangs on a node. */
  tag(id: string, text: string): void {
    if (!this.has(id)) return;
    const html = document.createElement('span');
    html.className = 'diagram-tag';
    html.textContent = text;
    this.viewer.get<Overlays>('overlays').add(id, { position: { bottom: 10, left: 4 }, html });
  }

  /** Make one node the chosen one; with `show` bring it into view. */
  choose(id: string, show = false): void {
    if (this.has(this.chosen)) this.canvas.removeMarker(this.chosen, 'chosen');
    this.chosen = id;
    this.mark(id, 'chosen');
    if (show && this.has(id)) this.canvas.scrollToElement(id);
  }

  onClick(act: (id: string) => void): void {
    this.viewer.get<Bus>('eventBus').on('element.click', ({ element }) => act(element.id));
  }

  leave(): void {
    this.watch.disconnect();
    this.viewer.destroy();
  }

  private get canvas(): Canvas {
    return this.viewer.get<Canvas>('canvas');
  }

  private get registry(): Registry {
    return this.viewer.get<Registry>('elementRegistry');
  }

  private has(id: string): boolean {
    return Boolean(id && this.registry.get(id));
  }

  private stand(inner: Box, scale: number, on?: Box): void {
    const height = heightAt(inner, scale, highestIn(window.innerHeight));
    this.place.style.height = `${height}px`;
    this.canvas.resized();
    this.canvas.viewbox(viewOf(inner, { width: this.place.clientWidth, height }, scale, on));
  }

  /** The names of lanes on the left edge, at a size one can read, where the drawing's own cannot be read or seen. */
  private nameLanes(): void {
    const view = this.canvas.viewbox();
    const scale = this.place.clientWidth / view.width;
    const names = this.shapes.map((lane) => {
      const at = scale < SMALL || view.x > lane.x + 15 ? laneAt(lane, view, scale) : null;
      if (!at) return null;
      const name = el('span', {}, lane.businessObject.name ?? '');
      name.style.top = `${at.top}px`;
      name.style.maxHeight = `${at.height}px`;
      return name;
    });
    this.lanes.replaceChildren(...names.filter((one) => one !== null));
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.place) return;
    const acts: Record<string, () => void> = {
      ArrowLeft: () => this.canvas.scroll({ dx: STEP, dy: 0 }),
      ArrowRight: () => this.canvas.scroll({ dx: -STEP, dy: 0 }),
      ArrowUp: () => this.canvas.scroll({ dx: 0, dy: STEP }),
      ArrowDown: () => this.canvas.scroll({ dx: 0, dy: -STEP }),
      '+': () => this.zoomBy(1.25),
      '=': () => this.zoomBy(1.25),
      '-': () => this.zoomBy(0.8),
      '0': () => this.fit(),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  private zoomTo(to: number, centre?: { x: number; y: number }): void {
    this.canvas.zoom(Math.max(LEAST, Math.min(MOST, to)), centre ?? 'auto');
  }

  private wheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = this.place.getBoundingClientRect();
    this.zoomBy(event.deltaY < 0 ? 1.15 : 1 / 1.15, { x: event.clientX - box.left, y: event.clientY - box.top });
  }

  /** One finger moves the drawing sideways (the page keeps its own scrolling), two move and zoom it. */
  private finger(event: PointerEvent): void {
    if (event.pointerType !== 'touch') return;
    const before = this.fingers.get(event.pointerId);
    if (event.type !== 'pointermove') {
      if (event.type === 'pointerdown') this.fingers.set(event.pointerId, event);
      else this.fingers.delete(event.pointerId);
      return;
    }
    if (!before) return;
    const other = [...this.fingers.values()].find((one) => one.pointerId !== event.pointerId);
    if (other) {
      const apart = (one: PointerEvent): number => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
      const box = this.place.getBoundingClientRect();
      this.zoomBy(apart(event) / apart(before), { x: (event.clientX + other.clientX) / 2 - box.left, y: (event.clientY + other.clientY) / 2 - box.top });
    } else this.canvas.scroll({ dx: event.clientX - before.clientX, dy: 0 });
    this.fingers.set(event.pointerId, event);
  }
}
