/**
 * A BPMN drawing on the page: bpmn-js in the colours of our tokens, moved with mouse, finger and keys. Loaded only where
 * a diagram stands. The bpmn.io mark it draws stays as its licence asks.
 */
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface Canvas {
  viewbox(to?: Box): Box & { inner: Box };
  resized(): void;
  zoom(to?: number | 'fit-viewport', centre?: 'auto' | { x: number; y: number }): number;
  scroll(by: { dx: number; dy: number }): void;
  addMarker(id: string, marker: string): void;
  removeMarker(id: string, marker: string): void;
  scrollToElement(id: string): void;
}

interface Registry {
  get(id: string): object | undefined;
}

interface Overlays {
  add(id: string, overlay: object): void;
}

interface Bus {
  on(event: string, act: (told: { element: { id: string } }) => void): void;
}

const MOST = 3;
const LEAST = 0.2;
const LEGIBLE = 0.7;
const AROUND = 14;
const LOWEST = 160;
const HIGHEST = 560;

export class Diagram {
  private readonly viewer: InstanceType<typeof NavigatedViewer>;
  private readonly fingers = new Map<number, PointerEvent>();
  private chosen = '';
  private readonly watch: ResizeObserver;
  private width = 0;

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
    this.watch = new ResizeObserver(() => {
      if (Math.abs(place.clientWidth - this.width) > 40) this.fit();
    });
    this.watch.observe(place);
  }

  /** Draw a process; false when the file holds no drawing (a BPMN file may come without). */
  async draw(xml: string): Promise<boolean> {
    try {
      await this.viewer.importXML(xml);
    } catch {
      return false;
    }
    this.fit();
    return true;
  }

  /** Everything at once, the place as high as it needs; but never so small that nobody can read it: then from its beginning. */
  fit(): void {
    this.width = this.place.clientWidth;
    if (!this.width) return;
    const { inner } = this.canvas.viewbox();
    const scale = Math.max(LEGIBLE, Math.min(1, this.width / (inner.width + 2 * AROUND)));
    const height = Math.max(LOWEST, Math.min(HIGHEST, (inner.height + 2 * AROUND) * scale));
    this.place.style.height = `${height}px`;
    this.canvas.resized();
    this.canvas.viewbox({ x: inner.x - AROUND, y: inner.y - AROUND, width: this.width / scale, height: height / scale });
  }

  /** Bring a node into view. */
  reveal(id: string): void {
    if (this.has(id)) this.canvas.scrollToElement(id);
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

  private has(id: string): boolean {
    return Boolean(id && this.viewer.get<Registry>('elementRegistry').get(id));
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
