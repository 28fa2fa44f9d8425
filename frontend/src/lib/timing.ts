/** Waiting until somebody has finished. */

/** A function that runs once, `after` milliseconds after the last call. */
export function debounce<Values extends unknown[]>(
  run: (...values: Values) => void,
  after: number,
): (...values: Values) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(...values), after);
  };
}
