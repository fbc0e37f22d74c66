/** Russian and Kazakh sentences: numbers, cases and dates as they are written. */
import { describe, expect, it } from 'vitest';
import type { Association } from '../../../src/analysis/correlate/association.ts';
import { messages } from '../../../src/web/messages/messages.ts';

const ru = messages('ru');
const kk = messages('kk');
const MAY_9_MS = Date.parse('2019-05-09T07:00:00Z');
const ALMATY = 'Asia/Almaty';
const now = { start: '20:15', end: null };
const en = messages('en');
const past = { start: '20:15', end: '22:00' };

describe('Russian', () => {
  it.each([
    [1, '1 точка наблюдения'],
    [2, '2 точки наблюдения'],
    [5, '5 точек наблюдения'],
    [11, '11 точек наблюдения'],
    [21, '21 точка наблюдения'],
    [104, '104 точки наблюдения'],
  ])('counts %i vantages', (count, text) => {
    expect(ru.incidents.vantageCount(count)).toBe(text);
  });
  it.each([
    [1, 'Всё, что мы измеряем, доступно из 1 точки наблюдения'],
    [3, 'Всё, что мы измеряем, доступно из 3 точек наблюдения'],
    [21, 'Всё, что мы измеряем, доступно из 21 точки наблюдения'],
  ])('declines after “из”: %i', (count, text) => {
    expect(ru.headline.reachable(count)).toBe(text);
  });
  it.each([
    [21, 'За последний 21 час'],
    [2, 'За последние 2 часа'],
    [24, 'За последние 24 часа'],
    [11, 'За последние 11 часов'],
  ])('names the last %i hours', (hours, text) => {
    expect(ru.front.timelineTitle(hours)).toBe(text);
  });
  it('puts a month after a day into the genitive, and alone into the nominative', () => {
    expect(ru.words.date(MAY_9_MS, ALMATY)).toBe('9 мая 2019');
    expect(ru.words.month(MAY_9_MS, ALMATY)).toBe('май 2019');
  });
  it.each([
    [
      ru.headline.blocked(['YouTube'], ['Kcell'], now),
      'Доступ к платформе «YouTube» заблокирован в сети «Kcell» с 20:15',
    ],
    [
      ru.headline.throttled(['YouTube', 'VK'], [], past),
      'Доступ к платформам «YouTube» и «VK» был замедлен с 20:15 до 22:00',
    ],
    [
      ru.headline.intercepted(['Пресса'], ['Билайн'], now),
      'Соединения с платформой «Пресса» перехватываются в сети «Билайн» с 20:15',
    ],
    [
      ru.headline.shutdown(['Kcell'], ['Алматы', 'Актау'], past),
      'Интернет был отключён в сети «Kcell» (Алматы и Актау) с 20:15 до 22:00',
    ],
    [
      ru.headline.targetDown(['X', 'VK'], now),
      'Платформы «X» и «VK» не работают нигде с 20:15; их никто не блокирует',
    ],
    [
      ru.headline.vantageSilent(['Kcell'], 1, past),
      'Наша точка наблюдения в сети «Kcell» не отвечала с 20:15 до 22:00',
    ],
    [
      ru.headline.vantageSilent(['Kcell', 'Beeline'], 2, past),
      'Наши точки наблюдения в сетях «Kcell» и «Beeline» не отвечали с 20:15 до 22:00',
    ],
    [
      en.headline.vantageSilent(['Kcell', 'Beeline'], 2, past),
      'Our 2 vantages on Kcell and Beeline were silent from 20:15 to 22:00',
    ],
  ])('says “%s”', (said, text) => {
    expect(said).toBe(text);
  });
});

describe('Kazakh', () => {
  it('keeps a noun after a number in the singular', () => {
    expect(kk.incidents.vantageCount(1)).toBe('1 бақылау нүктесі');
    expect(kk.incidents.vantageCount(12)).toBe('12 бақылау нүктесі');
  });
  it('writes a date with the year first', () => {
    expect(kk.words.date(MAY_9_MS, ALMATY)).toBe('2019 ж. 9 мамыр');
  });
  it.each([
    [
      kk.headline.blocked(['YouTube'], ['Kcell'], now),
      '«Kcell» желісінде «YouTube» платформасына қолжетімділік 20:15 шамасынан бері бұғатталған',
    ],
    [
      kk.headline.throttled(['YouTube', 'VK'], [], past),
      '«YouTube» және «VK» платформаларына қолжетімділік 20:15 шамасынан 22:00 шамасына дейін баяулатылып тұрды',
    ],
    [kk.headline.shutdown([], ['Алматы'], now), 'Интернет (Алматы) 20:15 шамасынан бері өшірілген'],
    [kk.headline.allowList([], now), '20:15 шамасынан бері тек рұқсат етілген сайттар ғана ашылады'],
    [
      kk.headline.vantageSilent(['Kcell'], 1, now),
      '«Kcell» желісіндегі бақылау нүктеміз 20:15 шамасынан бері жауап бермейді',
    ],
    [
      kk.headline.vantageCut([], past),
      'Бақылау нүктеміз 20:15 шамасынан 22:00 шамасына дейін интернетке шыға алмады',
    ],
  ])('says “%s”', (said, text) => {
    expect(said).toBe(text);
  });
});

describe('an association', () => {
  const tested: Omit<Association, 'sentence'> = {
    kind: 'livestream',
    platform: 'YouTube',
    operator: null,
    outcome: 'significant',
    significant: true,
    events: 12,
    eventsUnmeasured: 2,
    eventsWithBlock: 10,
    blocks: 14,
    blocksWithEvent: 10,
    comparableDays: 200,
    blockedShareInEvents: 0.71,
    blockedShareOtherwise: 0.014,
    relativeRisk: { value: 50.7, low: 21.2, high: 98.4 },
    medianOnsetLagMs: -5 * 60_000,
    pValue: 0.0001,
    pAdjusted: 0.0004,
  };
  it('is told in Russian with every number of the English', () => {
    expect(ru.association.sentence(tested, 8)).toBe(
      'Доступ к «YouTube» блокировался вокруг 10 из 12 событий вида «прямой эфир»: 71 % времени рядом с ними и 1 % тех же часов сопоставимых дней без события, отношение 50,7 (95 %-й интервал: от 21,2 до 98,4); перестановочный тест; сопоставимых дней: 200; p < 0,001 с поправкой на число проверок: 8. Средняя по порядку блокировка началась на 5 мин раньше события. Ещё событий в дни, когда измерений не было: 2; они не учтены. Это показывает, что одно идёт вместе с другим, а не что одно вызывает другое.',
    );
  });
  it('is told in Kazakh with every number of the English', () => {
    const said = kk.association.sentence(tested, 8);
    for (const number of ['10', '12', '71 %', '1 %', '50,7', '21,2', '98,4', '200', '0,001', '8', '5', '2'])
      expect(said).toContain(number);
    expect(said).toContain('бірі екіншісін тудыратынын білдірмейді');
  });
  it.each([ru, kk])('concludes nothing from too few events', ({ association }) => {
    const few = { ...tested, events: 1, eventsUnmeasured: 0, pValue: null, pAdjusted: null };
    expect(association.sentence(few, 8)).toMatch(/^(?:Событий слишком мало|Оқиға тым аз): /);
    expect(association.sentence({ ...few, events: 0 }, 8)).toMatch(/прямой эфир|тікелей эфир/);
    expect(association.sentence({ ...few, comparableDays: 0 }, 8)).toMatch(/сравнить|салыстыратын/);
  });
  it.each([ru, kk])('shows no pattern where there is none', ({ association }) => {
    const none = { ...tested, significant: false, relativeRisk: null, pAdjusted: 0.4 };
    expect(association.sentence(none, 1)).toMatch(/^(?:Закономерности не видно|Заңдылық байқалмады): /);
  });
});
