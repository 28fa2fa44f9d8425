/**
 * What our charts are, as data, and how they are drawn in the colours of the page. Figures arrive rounded for showing;
 * nothing is computed from them here.
 */
import type { EChartsCoreOption } from 'echarts/core';
import { t } from './text';

/** Bars in falling order with their cumulative share (0…1); `bounds` are shares at which classes end. */
export interface Pareto {
  kind: 'pareto';
  labels: string[];
  values: number[];
  shares: number[];
  unit: string;
  bounds?: { share: number; label: string }[];
  links?: string[];
}

/** Lines over a common axis, months as a rule; null is a gap. */
export interface Lines {
  kind: 'lines';
  labels: string[];
  series: { name: string; values: (number | null)[] }[];
  unit: string;
  links?: string[];
}

/** Bars over a common axis, side by side or stacked; lying ones grow to the right, the first on top, for names too long
 * to stand under a column. */
export interface Bars extends Omit<Lines, 'kind'> {
  kind: 'bars';
  stacked?: boolean;
  lying?: boolean;
}

export type Chart = Pareto | Lines | Bars;

/** Colours taken from the page's tokens. */
export type Ink = Record<'font' | 'ink' | 'ink-2' | 'ink-3' | 'line' | 'raised' | 'accent' | 'good' | 'warn' | 'bad' | 'info', string>;

/** The tokens as the browser resolves them now: `light-dark()` only has a value on an element. */
export function inkOf(element: HTMLElement): Ink {
  const probe = document.createElement('i');
  probe.style.transitionProperty = 'none'; // else every token reads as the first one where motion is reduced
  element.append(probe);
  const names = ['ink', 'ink-2', 'ink-3', 'line', 'raised', 'accent', 'good', 'warn', 'bad', 'info'] as const;
  const read = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const ink = Object.fromEntries(names.map((name) => [name, read(name)])) as Ink;
  ink.font = getComputedStyle(element).fontFamily;
  probe.remove();
  return ink;
}

/** ECharts' description of a chart. */
export function option(chart: Chart, ink: Ink): EChartsCoreOption {
  const common = frame(chart.unit, ink);
  return chart.kind === 'pareto' ? { ...common, ...pareto(chart, ink) } : { ...common, ...overTime(chart, ink) };
}

function frame(unit: string, ink: Ink): EChartsCoreOption {
  return {
    aria: { enabled: true },
    animationDuration: 120,
    textStyle: { fontFamily: ink.font, color: ink['ink-2'] },
    color: [ink.accent, ink.warn, ink.info, ink.good, ink.bad, ink['ink-3']],
    grid: { left: 8, right: 8, top: 40, bottom: 8, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    legend: { top: 0, right: 0, icon: 'roundRect', itemWidth: 12, itemHeight: 8, textStyle: { color: ink['ink-2'] } },
    tooltip: {
      trigger: 'axis',
      backgroundColor: ink.raised,
      borderColor: ink.line,
      textStyle: { color: ink.ink, fontSize: 13 },
      valueFormatter: (value: unknown) => `${figure(value)} ${unit}`,
    },
  };
}

function axis(ink: Ink, more: object): object {
  return {
    axisLine: { lineStyle: { color: ink.line } },
    axisTick: { show: false },
    axisLabel: { color: ink['ink-3'], hideOverlap: true },
    splitLine: { lineStyle: { color: ink.line } },
    nameTextStyle: { color: ink['ink-3'], align: 'left' },
    ...more,
  };
}

function pareto(chart: Pareto, ink: Ink): EChartsCoreOption {
  return {
    dataZoom: [{ type: 'inside' }],
    xAxis: axis(ink, { type: 'category', data: chart.labels, splitLine: { show: false } }),
    yAxis: [
      axis(ink, { type: 'value', name: chart.unit }),
      axis(ink, { type: 'value', min: 0, max: 1, splitLine: { show: false }, axisLabel: { color: ink['ink-3'], formatter: percent } }),
    ],
    series: [
      { type: 'bar', name: t('金额'), data: chart.values, barMaxWidth: 28, itemStyle: { color: ink.accent } },
      {
        type: 'line',
        name: t('累计占比'),
        yAxisIndex: 1,
        data: chart.shares,
        showSymbol: false,
        lineStyle: { color: ink.warn, width: 2 },
        itemStyle: { color: ink.warn },
        tooltip: { valueFormatter: percent },
        markLine: {
          symbol: 'none',
          lineStyle: { color: ink['ink-3'], type: 'dashed' },
          label: { color: ink['ink-2'], position: 'insideEndBottom', formatter: '{b}' },
          data: (chart.bounds ?? []).map((bound) => ({ yAxis: bound.share, name: bound.label })),
        },
      },
    ],
  };
}

function overTime(chart: Lines | Bars, ink: Ink): EChartsCoreOption {
  const bars = chart.kind === 'bars';
  const names = { type: 'category', data: chart.labels, boundaryGap: bars, splitLine: { show: false } };
  const figures = axis(ink, { type: 'value', name: chart.unit });
  return {
    ...(bars && chart.lying
      ? { xAxis: axis(ink, { type: 'value' }), yAxis: axis(ink, { ...names, inverse: true, axisLabel: { color: ink['ink-3'], interval: 0, width: 150, overflow: 'truncate' } }) }
      : { xAxis: axis(ink, names), yAxis: figures }),
    series: chart.series.map((one) => ({
      type: bars ? 'bar' : 'line',
      name: one.name,
      data: one.values,
      ...(bars ? { barMaxWidth: 28, stack: chart.stacked ? 'all' : undefined } : { showSymbol: chart.labels.length < 40, symbolSize: 5, connectNulls: false }),
    })),
  };
}

/** How high a chart stands, in pixels, where its bars decide; undefined leaves it to the page. */
export function height(chart: Chart): number | undefined {
  return chart.kind === 'bars' && chart.lying ? 80 + 34 * chart.labels.length : undefined;
}

/** A share as whole percent. */
export function percent(share: unknown): string {
  return `${Math.round(Number(share) * 1000) / 10} %`;
}

/** A figure with thousands separators; a dash where there is none. */
export function figure(value: unknown): string {
  return value === null || value === undefined ? '–' : Number(value).toLocaleString('en-US', { maximumFractionDigits: 2 });
}
