/** HTMX as a module: the package puts itself on `window`, where its own attributes look for it. */
import htmx from 'htmx.org';

export default htmx;
