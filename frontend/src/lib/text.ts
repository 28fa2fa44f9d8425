/**
 * Words of the islands. The message id is the Chinese sentence, so Chinese needs no catalogue; other languages load theirs once.
 *
 * @example t('已选 {count} 项', { count: 3 })
 */
type Catalogue = Record<string, string>;

const catalogues = import.meta.glob<{ default: Catalogue }>('../generated/text-*.json');
let words: Catalogue = {};

/** Load the catalogue of a language; an unknown one leaves the Chinese words. */
export async function loadText(language: string): Promise<void> {
  const load = catalogues[`../generated/text-${language}.json`];
  words = load ? (await load()).default : {};
}

/** The sentence in the page's language with its {placeholders} filled. */
export function t(message: string, values: Record<string, string | number> = {}): string {
  const sentence = words[message] ?? message;
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
