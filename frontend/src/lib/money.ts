/** Amounts on the page in 元 or 万元; the exact amount stands in each `<data class="money">`. */
import { t } from './text';

/** An exact amount ("12864000.00") as the page writes it in a unit ("wan" with one place, "yuan" with two). */
export function format(exact: string, unit: string): string {
  const amount = Number(exact);
  const places = unit === 'wan' ? 1 : 2;
  const value = unit === 'wan' ? amount / 10_000 : amount;
  const rounded = Math.sign(value) * (Math.round(Math.abs(value) * 10 ** places + 1e-9) / 10 ** places);
  return rounded.toLocaleString('en-US', { minimumFractionDigits: places, maximumFractionDigits: places });
}

/** Rewrite all amounts and unit words of a part of the page. */
export function showMoney(root: ParentNode, unit: string): void {
  for (const amount of root.querySelectorAll<HTMLDataElement>('data.money')) amount.textContent = format(amount.value, unit);
  const word = unit === 'wan' ? t('万元') : t('元');
  for (const place of root.querySelectorAll('.money-unit')) {
    place.textContent = place.textContent?.startsWith('(') ? `(${word})` : word;
  }
}
