/** HTMX as our pages use it: nothing is evaluated, no styles are written into the page, refused forms are shown again. */
import htmx from 'htmx.org';

Object.assign(htmx.config, {
  allowEval: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  responseHandling: [
    { code: '204', swap: false },
    { code: '[23]..', swap: true },
    { code: '4(09|22)', swap: true },
    { code: '[45]..', swap: false, error: true },
  ],
});

export default htmx;
