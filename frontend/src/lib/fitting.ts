/** How a drawing opens: whole where it can still be read, otherwise readable and from the step that matters. */

export interface Size {
  width: number;
  height: number;
}

export interface Box extends Size {
  x: number;
  y: number;
}

export const AROUND = 14;
const LOWEST = 160;
/** Below these scales the names in the shapes (12 px) can no longer be read: on a large screen, on a phone. */
const LEGIBLE = 0.55;
const LEGIBLE_PHONE = 0.8;
const PHONE = 480;

/** The scale at which the whole drawing stands in a place so wide and at most so high; never enlarged. */
export function wholeScale(inner: Size, width: number, highest: number): number {
  return Math.min(1, width / (inner.width + 2 * AROUND), highest / (inner.height + 2 * AROUND));
}

/** The highest a drawing may stand: most of the window, so that what follows it can be seen to exist. */
export function highestIn(windowHeight: number): number {
  return Math.max(LOWEST, Math.min(720, windowHeight * 0.7));
}

/** How a drawing opens in a place so wide: its scale, and whether that shows all of it. */
export function opening(inner: Size, width: number, highest: number): { scale: number; whole: boolean } {
  const whole = wholeScale(inner, width, highest);
  const least = width < PHONE ? LEGIBLE_PHONE : LEGIBLE;
  return whole >= least ? { scale: whole, whole: true } : { scale: least, whole: false };
}

/** How high the place is at a scale. */
export function heightAt(inner: Size, scale: number, highest: number): number {
  return Math.max(LOWEST, Math.min(highest, (inner.height + 2 * AROUND) * scale));
}

/** What is shown at a scale: the drawing's beginning, or with `on` a part of it in the middle, never past the drawing. */
export function viewOf(inner: Box, place: Size, scale: number, on?: Box): Box {
  const shown = { width: place.width / scale, height: place.height / scale };
  const along = (start: number, length: number, room: number, middle: number | null): number => {
    const [first, last] = [start - AROUND, start + length + AROUND - room];
    if (last <= first) return start + length / 2 - room / 2;
    return middle === null ? first : Math.max(first, Math.min(last, middle - room / 2));
  };
  return {
    x: along(inner.x, inner.width, shown.width, on ? on.x + on.width / 2 : null),
    y: along(inner.y, inner.height, shown.height, on ? on.y + on.height / 2 : null),
    ...shown,
  };
}

/** Where the name of a lane stands on the place's left edge; null where the lane is out of sight. */
export function laneAt(lane: Box, view: Box, scale: number): { top: number; height: number } | null {
  const top = Math.max(0, (lane.y - view.y) * scale);
  const bottom = Math.min(view.height * scale, (lane.y + lane.height - view.y) * scale);
  return bottom - top < 12 ? null : { top, height: bottom - top };
}
