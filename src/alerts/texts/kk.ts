/** Kazakh. Names stand in quotes before a noun that takes the ending. */
import type { IncidentKind } from '../../analysis/detect/point.ts';
import type { Texts } from './texts.ts';

function quoted(names: readonly string[]): string {
  return names.map((name) => `«${name}»`).join(', ');
}

const STATES: Readonly<Record<IncidentKind, readonly [now: string, past: string]>> = {
  platform_block: ['қолжетімділік бұғатталған', 'қолжетімділік бұғатталған болатын'],
  throttling: ['қолжетімділік баяулатылған', 'қолжетімділік баяулатылған болатын'],
  interception: [
    'қосылу жалған сертификаттармен ұсталып жатыр',
    'қосылу жалған сертификаттармен ұсталған болатын',
  ],
  target_down: ['ешқайдан, шетелден де қолжетімділік жоқ', 'ешқайдан, шетелден де қолжетімділік болмады'],
  mobile_shutdown: ['Мобильді интернет өшірілген', 'Мобильді интернет өшірілген болатын'],
  shutdown: ['Интернет өшірілген', 'Интернет өшірілген болатын'],
  allow_list: ['Тек рұқсат етілген сайттар ғана ашылады', 'Тек рұқсат етілген сайттар ғана ашылған болатын'],
  vantage_silent: ['Бақылау нүктесі жауап бермейді', 'Бақылау нүктесі жауап бермеген болатын'],
};

function what(kind: IncidentKind, isPast: boolean, platforms: readonly string[]): string {
  const state = STATES[kind][isPast ? 1 : 0];
  if (platforms.length === 0 || kind === 'vantage_silent') return state;
  return `${quoted(platforms)} ${platforms.length === 1 ? 'платформасына' : 'платформаларына'} ${state}`;
}

export const kk: Texts = {
  locale: 'kk-KZ',
  what,
  where: (operators, places) => `Бұл ${quoted(operators)} желісінде байқалды; орны: ${places.join(', ')}.`,
  began: (time) => `Басталған уақыты: ${time}.`,
  ended: (time) => `Аяқталған уақыты: ${time}.`,
  sure: (vantages, percent) =>
    `Мұны көрген бақылау нүктелерінің саны: ${vantages}; сенімділігі: ${percent} %.`,
  change: {
    opened: { mark: '', sentence: null },
    amended: { mark: '', sentence: 'Соңғы хабарламадан бері бұл туралы мәлімет өзгерді.' },
    restored: { mark: 'Қалпына келді: ', sentence: 'Шектеу аяқталды.' },
    reopened: { mark: 'Қайтадан: ', sentence: 'Шектеу алынған еді, енді қайта қойылды.' },
    withdrawn: {
      mark: 'Қайтарып алынды: ',
      sentence: 'Хабарлама қайтарып алынды: кейінгі деректер мұны басқаша түсіндірді.',
    },
  },
  summary: {
    title: (count) => `Уақытында жіберілмеген хабарламалар: ${count}`,
    intro: 'Бұл хабарламалар бір сағаттан артық күтті, сондықтан бірге келді.',
    more: (count) => `Тағы ${count} хабарлама бетте тұр.`,
  },
  test: {
    title: 'Aiqyn хабарландыруларын тексеру',
    body: (route) => `Бұл «${route}» бағытын тексеру. Ол бірдеңенің бұғатталғанын білдірмейді.`,
  },
};
