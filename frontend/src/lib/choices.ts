/** What a person chose about the pages (theme, rail, density, unit of money): on the root element, in a cookie, on the server. */

const YEAR = 365 * 24 * 60 * 60;

/** Apply a choice at once and remember it; the theme also goes to the server, so that it follows the person. */
export function choose(name: string, value: string): void {
  const root = document.documentElement;
  root.setAttribute(name === 'theme' ? 'data-bs-theme' : `data-${name}`, value);
  const secure = location.protocol === 'https:' ? '; secure' : '';
  document.cookie = `panshi_${name}=${value}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
  document.dispatchEvent(new CustomEvent('panshi:choice', { detail: { name, value } }));
}

/** The current value of a choice. */
export function chosen(name: string): string {
  return document.documentElement.getAttribute(name === 'theme' ? 'data-bs-theme' : `data-${name}`) ?? '';
}
