import { describe, expect, it } from 'vitest';
import { heightAt, highestIn, laneAt, opening, viewOf, wholeScale } from '../src/lib/fitting';

const short = { x: 100, y: 50, width: 600, height: 200 };
const lanes = { x: 0, y: 0, width: 1400, height: 1500 };

describe('how a drawing opens', () => {
  it('stands as drawn where there is room, and is never enlarged', () => {
    expect(opening(short, 1200, 600)).toEqual({ scale: 1, whole: true });
    expect(heightAt(short, 1, 600)).toBe(228);
  });

  it('is fitted by height too when the lanes are many', () => {
    const { scale, whole } = opening({ ...lanes, height: 900 }, 1200, 600);
    expect(whole).toBe(true);
    expect((900 + 28) * scale).toBeLessThanOrEqual(600.001);
    expect((1400 + 28) * scale).toBeLessThanOrEqual(1200.001);
  });

  it('stays readable rather than whole where whole would be too small', () => {
    expect(opening(lanes, 1200, 600).whole).toBe(false);
    expect(opening(lanes, 340, 500)).toEqual({ scale: 0.8, whole: false });
    expect(wholeScale(lanes, 340, 500)).toBeLessThan(0.3);
  });

  it('shows the step that matters, without leaving the drawing', () => {
    const place = { width: 340, height: 400 };
    const start = viewOf(lanes, place, 0.8);
    expect([start.x, start.y]).toEqual([-14, -14]);
    const far = viewOf(lanes, place, 0.8, { x: 1350, y: 1450, width: 100, height: 80 });
    expect(far.x + far.width).toBeCloseTo(1414);
    expect(far.y + far.height).toBeCloseTo(1514);
    const whole = viewOf(short, { width: 1000, height: 300 }, 1);
    expect(whole.x + whole.width / 2).toBe(400); // in the middle where there is room
  });

  it('keeps a part of the window for what follows', () => {
    expect(highestIn(900)).toBe(630);
    expect(highestIn(3000)).toBe(720);
    expect(highestIn(100)).toBe(160);
  });

  it('names the lanes in sight', () => {
    const view = { x: 0, y: 100, width: 400, height: 400 };
    expect(laneAt({ x: 0, y: 0, width: 900, height: 250 }, view, 1)).toEqual({ top: 0, height: 150 });
    expect(laneAt({ x: 0, y: 0, width: 900, height: 100 }, view, 1)).toBeNull();
    expect(laneAt({ x: 0, y: 450, width: 900, height: 250 }, view, 0.5)).toEqual({ top: 175, height: 25 });
  });
});
