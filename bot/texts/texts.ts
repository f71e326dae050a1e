import { en } from './en.js';

/** The same shape with any wording: what a language has to say. A word that is missing does not compile. */
type Worded<Part> = Part extends string
  ? string
  : Part extends (...values: infer Values) => infer Said
    ? (...values: Values) => Worded<Said>
    : { readonly [Name in keyof Part]: Worded<Part[Name]> };

/** Everything users read, in one language. Views take it as their first argument and hold no words of their own. */
export type Texts = Worded<typeof en>;

/** A second language is one file beside `en.ts` and one line here. */
const LANGUAGES: Readonly<Record<string, Texts>> = { en };

/** Every language but English, by Discord's name of it. */
export function furtherLanguages(): Readonly<Record<string, Texts>> {
  return Object.fromEntries(Object.entries(LANGUAGES).filter(([locale]) => locale !== 'en'));
}

/** The texts for a locale of Discord's such as `en-GB` or `de`: its language, else English, whatever came in its place. */
export function textsFor(locale: string): Texts {
  const [language = ''] = /^[a-z]+/i.exec(locale) ?? [];
  return textsOf(locale) ?? textsOf(language) ?? en;
}

function textsOf(language: string): Texts | undefined {
  return Object.hasOwn(LANGUAGES, language) ? LANGUAGES[language] : undefined;
}
