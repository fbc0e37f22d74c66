/** What an incident rests on, in the language of its page. */
import { describe, expect, it } from 'vitest';
import { SAYINGS } from '../../../src/analysis/verdict/sayings.ts';
import { messages } from '../../../src/web/messages/messages.ts';
import { reasonHtml, reasonsNote, saidInLanguage } from '../../../src/web/pages/reason.ts';

const SILENT =
  'The handshake with 192.0.2.1:443 under the name www.example.com got no answer after 5.0 s; under a.example and 2 more it was answered.';

function blanks(text: string): string[] {
  return [...text.matchAll(/\{\w+\}/g)].map(([blank]) => blank).sort();
}

describe('a reason', () => {
  it.each(['ru', 'kk'] as const)(
    'has every blank of its sentence in %s, and none that is not there',
    (language) => {
      const { say } = messages(language).reasons;
      for (const [code, text] of Object.entries(SAYINGS)) {
        const translated = Object.entries(say).find(([known]) => known === code)?.[1] ?? '';
        expect([code, blanks(translated)]).toEqual([code, blanks(text)]);
        expect(translated.endsWith('.')).toBe(text.endsWith('.'));
      }
    },
  );

  it.each([
    ['en', SILENT],
    [
      'ru',
      'Рукопожатие с 192.0.2.1:443 под именем www.example.com осталось без ответа (ждали 5.0 с); под именем a.example и ещё 2 ответ пришёл.',
    ],
    [
      'kk',
      '192.0.2.1:443 мекенжайына www.example.com атауымен басталған қол алысуға жауап келмеді (5.0 с күтілді); a.example және тағы 2 атауымен жауап келді.',
    ],
  ] as const)('is said in %s', (language, text) => {
    expect(saidInLanguage({ messages: messages(language) }, SILENT)).toBe(text);
  });

  it('says spans, rings and ways in the language as well', () => {
    const voice = { messages: messages('ru') };
    expect(
      [
        'The page came at 3.1 to 4.0 kB/s, the paired one at 500.0 to 620.5 kB/s on the same network.',
        'The rings of ala-kcell said domestic_only and offline.',
        'Packets to the blocked address get no further than the own network; those to one that works arrive there.',
      ].map((reason) => saidInLanguage(voice, reason)),
    ).toEqual([
      'Страница шла со скоростью 3.1–4.0 кБ/с, парная ей в той же сети — 500.0–620.5 кБ/с.',
      'Кольца точки ala-kcell показали: только сайты внутри страны, без связи.',
      'Пакеты к заблокированному адресу не выходят за пределы собственной сети; к работающему — доходят.',
    ]);
  });

  it('stays in English, marked so, where its sentence is not known, and a line says why', () => {
    const voice = { messages: messages('kk') };
    expect(reasonHtml(voice, 'Two re-tests failed <alike>.').text).toBe(
      '<span lang="en">Two re-tests failed &lt;alike&gt;.</span>',
    );
    expect(reasonsNote(voice, [SILENT])).toBeNull();
    expect(reasonsNote(voice, [SILENT, 'Two re-tests failed alike.'])?.text).toContain('жазылған күйінде');
    expect(reasonsNote({ messages: messages('en') }, ['Two re-tests failed alike.'])).toBeNull();
  });

  it('is escaped, whatever was observed', () => {
    const hostile =
      'The lookup of <b>.kz failed with dns_nxdomain_error, while the control resolves and reaches it.';
    expect(reasonHtml({ messages: messages('ru') }, hostile).text).toContain('&lt;b&gt;.kz');
  });
});
