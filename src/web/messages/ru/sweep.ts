/** Russian: mobile networks as seen from outside, and who asks them. */
import type { enSweep } from '../en/sweep.ts';
import { ruWords } from './grammar.ts';

const { number, plural } = ruWords;

function share(value: number): string {
  return `${number(Math.round(value * 100))} %`;
}

export const ruSweep: typeof enSweep = {
  title: 'Мобильные сети, взгляд снаружи',
  intro:
    'Машина за пределами страны спрашивает у нескольких адресов каждого оператора, на месте ли они. Когда абонентов оператора отключают, большинство из них умолкает сразу.',
  none: 'За последние сутки снаружи никого не спрашивали.',
  about: 'Кто спрашивает и как отказаться',
  operator: 'Оператор',
  place: 'Место',
  up: 'Сети, которые отвечают',
  asked: 'Спрошено адресов',
  since: 'По состоянию на',
  fallsTitle: 'Падения за последние две недели',
  fallsNone: 'Не было.',
  share,
  fell: (operator, from, before, lowest) =>
    `Снаружи доля отвечающих сетей оператора «${operator}» упала с ${share(before)} до ${share(lowest)} (${from}).`,
  fellAndRose: (operator, from, to, before, lowest) =>
    `Снаружи доля отвечающих сетей оператора «${operator}» упала с ${share(before)} до ${share(lowest)} (${from} – ${to}).`,
  asUsual: (operators) => `Снаружи сети отвечали как обычно: ${operators}.`,
  probes: {
    title: 'О наших запросах',
    sections: [
      {
        title: 'Что вы увидели',
        paragraphs: [
          'Один запрос ICMP echo или одно соединение TCP, закрытое сразу после открытия. По нему ничего не передаётся, ничего не пробуется, и что отвечает ваша машина, не сохраняется: только то, ответила ли она и как быстро.',
        ],
      },
      {
        title: 'Зачем',
        paragraphs: [
          'Aiqyn документирует отключения интернета в Казахстане. Когда сеть отрезана, те, кто в ней, не могут об этом сказать; но снаружи видно, что её адреса умолкли. Метод взят у Trinocular (Quan, Heidemann и Pradkin, SIGCOMM 2013).',
        ],
      },
      {
        title: 'Как мало',
        paragraphs: [
          'Только адреса, которые объявляют казахстанские операторы. Из сети в 256 адресов за круг спрашивается один, пока он отвечает, и никогда не больше 14. Кто отвечает, выясняется раз в месяц: каждый адрес один раз, ответившие ещё один.',
        ],
      },
    ],
    optOutTitle: 'Как отказаться',
    optOut: (contact) =>
      `Напишите на ${contact} и назовите свои адреса или сети. Они попадут в список, с которым сверяется каждый запрос до отправки.`,
    rate: (perSecond, everyMinutes) =>
      `Эта машина посылает не больше ${number(perSecond)} ${plural(perSecond, { one: 'запроса', other: 'запросов' })} в секунду во все сети вместе; круг повторяется раз в ${number(everyMinutes)} мин.`,
    idle: 'Этот Aiqyn таких запросов не посылает. Если спросили вас, это был другой: ищите его страницу по адресу, с которого пришёл запрос.',
  },
};
