/** The phone's 更多: shows the rail above the page. */
import type { Mount } from '../lib/islands';

export const mount: Mount = (element) => {
  const rail = document.getElementById(element.getAttribute('aria-controls') ?? '');
  const show = (open: boolean): void => {
    rail?.classList.toggle('open', open);
    element.setAttribute('aria-expanded', String(open));
  };
  element.addEventListener('click', () => show(element.getAttribute('aria-expanded') !== 'true'));
  document.addEventListener('keydown', (event) => event.key === 'Escape' && show(false));
};
