/** The languages of the pages: each has its own addresses. English has none of its own prefix; Russian and Kazakh stand below `/ru` and `/kk`. */
import { z } from 'zod';
import type { Language } from './names.ts';

export const LANGUAGES: readonly Language[] = ['en', 'ru', 'kk'];

/** Each language in its own words: who cannot read a page must find theirs. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: 'English',
  ru: 'Русский',
  kk: 'Қазақша',
};

/** For what stands at one address in every language: `?lang=ru`. */
export const LanguageQuery = z.object({ lang: z.enum(['en', 'ru', 'kk']).default('en') });

/** What stands before every path of the language's pages. */
export function prefixOf(language: Language): string {
  return language === 'en' ? '' : `/${language}`;
}

/** A page's address in a language; `path` begins with a slash. */
export function localPath(language: Language, path: string): string {
  return `${prefixOf(language)}${path}`;
}

/** The language that an address is in. */
export function languageOf(url: string): Language {
  return (
    LANGUAGES.find((language) => language !== 'en' && new RegExp(`^/${language}(?:[/?]|$)`).test(url)) ?? 'en'
  );
}

const HEADER_LETTERS_MAX = 500;

/** The language of ours that a browser likes best (RFC 9110, 12.5.4); null where it names none of them. */
export function likedLanguage(header: string | undefined): Language | null {
  const wishes = (header ?? '')
    .slice(0, HEADER_LETTERS_MAX)
    .split(',')
    .map((wish) => {
      const [tag = '', weight = 'q=1'] = wish.split(';').map((part) => part.trim().toLowerCase());
      return { tag: tag.split('-')[0] ?? '', weight: Number(/^q=([\d.]+)$/.exec(weight)?.[1] ?? 0) };
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight);
  for (const { tag } of wishes) {
    const known = LANGUAGES.find((language) => language === tag);
    if (known !== undefined) return known;
  }
  return null;
}
