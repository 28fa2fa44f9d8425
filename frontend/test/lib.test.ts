import { afterEach, describe, expect, it, vi } from 'vitest';
import { figure, height, option, percent, type Ink } from '../src/lib/charts';
import { choose } from '../src/lib/choices';
import htmx from '../src/lib/htmx';
import { dataOf, mountAll } from '../src/lib/islands';
import { keepMenusTidy } from '../src/lib/menus';
import { format, showMoney } from '../src/lib/money';
import { sentence } from '../src/lib/requests';
import { t } from '../src/lib/text';
import { toast } from '../src/lib/toast';
import { refusal, size } from '../src/islands/drop';
import { press, show } from './page';

afterEach(() => vi.useRealTimers());

describe('money', () => {
  it.each([
    ['12864000.00', 'wan', '1,286.4'],
    ['12864000.00', 'yuan', '12,864,000.00'],
    ['-500.00', 'wan', '-0.1'],
    ['500.00', 'wan', '0.1'],
    ['10050.00', 'wan', '1.0'],
    ['10500.00', 'wan', '1.1'],
  ])('writes %s in %s as %s, halves away from zero like the server', (exact, unit, shown) => {
    expect(format(exact, unit)).toBe(shown);
  });

  it('rewrites amounts and units of a page', () => {
    const page = show('<div><data class="money" value="20000.00">2.0</data><b class="money-unit">(万元)</b></div>');
    showMoney(page, 'yuan');
    expect(page.textContent).toBe('20,000.00(元)');
  });
});

it('fills placeholders and leaves unknown ones', () => {
  expect(t('已选 {count} 项 {other}', { count: 3 })).toBe('已选 3 项 {other}');
});

it('says in words what a failed answer means', () => {
  expect(sentence(403)).toBe('您没有此项操作的权限。');
  expect(sentence(502)).toContain('502');
});

describe('files', () => {
  it('are refused by kind, emptiness and size', () => {
    expect(refusal({ name: 'a.CSV', size: 10 }, ['.csv'], 100)).toBe('');
    expect(refusal({ name: 'a.exe', size: 10 }, ['.csv'], 100)).toContain('.csv');
    expect(refusal({ name: 'a.csv', size: 0 }, ['.csv'], 100)).not.toBe('');
    expect(refusal({ name: 'a.csv', size: 2048 }, ['.csv'], 1024)).toContain('1.0 KB');
  });

  it('have sizes people read', () => {
    expect([size(0), size(999), size(1536), size(512 * 1024 ** 2)]).toEqual(['0 B', '999 B', '1.5 KB', '512.0 MB']);
  });
});

describe('islands', () => {
  it('get their data by id or from their own script, and an unknown name is an error', async () => {
    const element = show('<div data-for="figures"></div>');
    document.body.insertAdjacentHTML('beforeend', '<script type="application/json" id="figures">{"a": 1}</script>');
    expect(dataOf(element)).toEqual({ a: 1 });
    expect(dataOf(show('<div><script type="application/json">[2]</script></div>'))).toEqual([2]);
    expect(dataOf(show('<div></div>'))).toBeUndefined();
  });

  it('are mounted once', () => {
    const page = show('<main><div data-island="toast"><p class="say good">已保存</p></div><div id="toasts"></div></main>');
    mountAll(page);
    mountAll(page);
    expect(page.querySelectorAll('.toast')).toHaveLength(1);
    expect(page.querySelector('.say')).toBeNull();
  });
});

describe('toasts', () => {
  it('pass away, failures stay', () => {
    vi.useFakeTimers();
    show('<div id="toasts"></div>');
    toast('已保存', 'good');
    toast('没有保存', 'bad');
    vi.advanceTimersByTime(6_000);
    expect([...document.querySelectorAll('.toast .grow')].map((each) => each.textContent)).toEqual(['没有保存']);
    expect(document.querySelector('.toast')?.getAttribute('role')).toBe('alert');
  });

  it('can be undone while they stand', () => {
    show('<div id="toasts"></div>');
    const act = vi.fn();
    toast('已删除', 'info', { label: '撤销', act }).querySelector<HTMLElement>('.btn')!.click();
    expect(act).toHaveBeenCalledOnce();
    expect(document.querySelector('.toast')).toBeNull();
  });
});

it('keeps one menu open; Esc closes it and returns to its button', () => {
  const page = show(`<nav><details class="menu" open><summary>a</summary><div class="menu-list"><a href="#1">1</a><a href="#2">2</a></div></details>
    <details class="menu"><summary>b</summary></details></nav>`);
  keepMenusTidy(document);
  const [first] = page.querySelectorAll('details');
  press('ArrowDown', first!.querySelector('summary')!);
  expect(document.activeElement?.textContent).toBe('1');
  press('Escape', document.activeElement!);
  expect(first!.open).toBe(false);
  first!.open = true;
  page.querySelectorAll('summary')[1]!.click();
  expect(first!.open).toBe(false);
});

it('remembers a choice on the page and in a cookie', () => {
  choose('rail', 'narrow');
  choose('theme', 'dark');
  expect(document.documentElement.dataset.rail).toBe('narrow');
  expect(document.documentElement.getAttribute('data-bs-theme')).toBe('dark');
  expect(document.cookie).toContain('panshi_rail=narrow');
});

it('lets HTMX evaluate nothing, write no styles and ask no other site', () => {
  expect(htmx.config).toMatchObject({ allowEval: false, includeIndicatorStyles: false, selfRequestsOnly: true });
});

describe('charts', () => {
  const ink = new Proxy({} as Ink, { get: (_, name) => String(name) });

  it('draw a Pareto with bars, cumulative line and class bounds', () => {
    const drawn = option({ kind: 'pareto', labels: ['甲', '乙'], values: [9, 1], shares: [0.9, 1], unit: '万元', bounds: [{ share: 0.8, label: 'A' }] }, ink) as {
      series: { type: string; data: number[]; markLine?: { data: object[] } }[];
    };
    expect(drawn.series.map((one) => one.type)).toEqual(['bar', 'line']);
    expect(drawn.series[1]!.markLine!.data).toEqual([{ yAxis: 0.8, name: 'A' }]);
  });

  it('lay bars down where their names are long, every name beside its bar', () => {
    const bars = { kind: 'bars', lying: true, labels: ['变更客户负责人 · 大客户部经理审批', '乙'], series: [{ name: '中位数', values: [2, 1] }], unit: '工作小时' } as const;
    const drawn = option({ ...bars, labels: [...bars.labels], series: [{ name: '中位数', values: [2, 1] }] }, ink) as {
      yAxis: { type: string; inverse: boolean; axisLabel: { interval: number } };
      xAxis: { type: string };
    };
    expect([drawn.xAxis.type, drawn.yAxis.type, drawn.yAxis.inverse, drawn.yAxis.axisLabel.interval]).toEqual(['value', 'category', true, 0]);
    expect(height({ ...bars, labels: [...bars.labels], series: [] })).toBeGreaterThan(height({ ...bars, labels: ['乙'], series: [] })!);
    expect(height({ kind: 'lines', labels: [], series: [], unit: '元' })).toBeUndefined();
  });

  it('leave gaps where there is no figure', () => {
    const drawn = option({ kind: 'lines', labels: ['1'], series: [{ name: '甲', values: [null] }], unit: '元' }, ink) as { series: { data: unknown[] }[] };
    expect(drawn.series[0]!.data).toEqual([null]);
    expect(figure(null)).toBe('–');
    expect(percent(0.8234)).toBe('82.3 %');
  });
});
