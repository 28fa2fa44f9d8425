/** A chart from figures of the page (`lib/charts.ts` knows the kinds); follows theme and width, and a point may lead to its rows. */
import { BarChart, LineChart } from 'echarts/charts';
import { AriaComponent, DataZoomInsideComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { height, inkOf, option, type Chart } from '../lib/charts';
import type { Mount } from '../lib/islands';

use([BarChart, LineChart, AriaComponent, DataZoomInsideComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

export const mount: Mount = (element, data) => {
  const chart = data as Chart;
  const high = height(chart);
  if (high !== undefined) element.style.height = `${high}px`;
  const drawn = init(element, undefined, { renderer: 'svg' });
  const draw = (): void => void drawn.setOption(option(chart, inkOf(element)), true);
  const night = matchMedia('(prefers-color-scheme: dark)');
  const watch = new ResizeObserver(() => drawn.resize());
  draw();
  watch.observe(element);
  night.addEventListener('change', draw);
  document.addEventListener('panshi:choice', draw);
  drawn.on('click', (point) => {
    const address = chart.links?.[point.dataIndex];
    if (address) location.assign(address);
  });
  return () => {
    watch.disconnect();
    night.removeEventListener('change', draw);
    document.removeEventListener('panshi:choice', draw);
    drawn.dispose();
  };
};
