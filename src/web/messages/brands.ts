/** Brands that events and statements speak of and nobody measures here; written alike in every language. */
export const OTHER_BRANDS: Readonly<Record<string, string>> = {
  google: 'Google',
  mailru: 'Mail.ru',
  viber: 'Viber',
  kaspi: 'Kaspi',
  netflix: 'Netflix',
  linkedin: 'LinkedIn',
  pinterest: 'Pinterest',
};
