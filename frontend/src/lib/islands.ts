/**
 * Islands: elements that need more than HTML. `<div data-island="list" data-for="list-data">` mounts `islands/list.ts`
 * with the JSON of `<script type="application/json" id="list-data">`. Those in `islands/` load only where used;
 * those in `frame/` stand on every page and come with it.
 */
export type Mount<Data = unknown> = (element: HTMLElement, data: Data) => void | (() => void);

interface Island {
  mount: Mount;
}

const framed = import.meta.glob<Island>('../frame/*.ts', { eager: true });
const loaded = import.meta.glob<Island>('../islands/*.ts');
const mounted = new WeakSet<HTMLElement>();
const leaving = new Map<HTMLElement, () => void>();

/** Mount every island in a part of the page once, and let go of those that left it. */
export function mountAll(root: ParentNode): void {
  for (const [element, leave] of leaving) {
    if (!element.isConnected) {
      leave();
      leaving.delete(element);
    }
  }
  if (root instanceof HTMLElement && root.dataset.island) void mountOne(root);
  for (const element of root.querySelectorAll<HTMLElement>('[data-island]')) void mountOne(element);
}

async function mountOne(element: HTMLElement): Promise<void> {
  if (mounted.has(element)) return;
  mounted.add(element);
  const name = element.dataset.island;
  const island = framed[`../frame/${name}.ts`] ?? (await loaded[`../islands/${name}.ts`]?.());
  if (!island) throw new Error(`No island named ${name}`);
  const leave = island.mount(element, dataOf(element));
  if (leave) leaving.set(element, leave);
}

/** The JSON an island was given, by `data-for` or as its own first script. */
export function dataOf(element: HTMLElement): unknown {
  const source = element.dataset.for
    ? document.getElementById(element.dataset.for)
    : element.querySelector('script[type="application/json"]');
  return source?.textContent ? JSON.parse(source.textContent) : undefined;
}
