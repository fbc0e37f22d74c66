/** Russian. Names stand in quotes, because they are not declined. */
import type { IncidentKind } from '../../analysis/detect/point.ts';
import type { Texts } from './texts.ts';

function quoted(names: readonly string[]): string {
  return names.map((name) => `«${name}»`).join(', ');
}

const STATES: Readonly<Record<IncidentKind, readonly [now: string, past: string]>> = {
  platform_block: ['заблокирован', 'был заблокирован'],
  throttling: ['замедлен', 'был замедлен'],
  interception: ['перехватывается поддельными сертификатами', 'перехватывался поддельными сертификатами'],
  target_down: [
    'не работает нигде, в том числе за пределами страны',
    'не работал нигде, в том числе за пределами страны',
  ],
  mobile_shutdown: ['Мобильный интернет отключён', 'Мобильный интернет был отключён'],
  shutdown: ['Интернет отключён', 'Интернет был отключён'],
  allow_list: ['Доступны только сайты из белого списка', 'Были доступны только сайты из белого списка'],
  vantage_silent: ['Точка наблюдения не отвечает', 'Точка наблюдения не отвечала'],
};

function what(kind: IncidentKind, isPast: boolean, platforms: readonly string[]): string {
  const state = STATES[kind][isPast ? 1 : 0];
  if (platforms.length === 0 || kind === 'vantage_silent') return state;
  return `Доступ к ${platforms.length === 1 ? 'платформе' : 'платформам'} ${quoted(platforms)} ${state}`;
}

export const ru: Texts = {
  locale: 'ru-RU',
  what,
  where: (operators, places) =>
    `${operators.length === 1 ? 'Сеть' : 'Сети'}: ${quoted(operators)}; место наблюдения: ${places.join(', ')}.`,
  began: (time) => `Началось: ${time}.`,
  ended: (time) => `Закончилось: ${time}.`,
  sure: (vantages, percent) =>
    `Число точек наблюдения, которые это видели: ${vantages}; уверенность: ${percent} %.`,
  change: {
    opened: { mark: '', sentence: null },
    amended: { mark: '', sentence: 'С прошлого сообщения сведения об этом изменились.' },
    restored: { mark: 'Восстановлено: ', sentence: 'Ограничение закончилось.' },
    reopened: { mark: 'Снова: ', sentence: 'Ограничение было снято и вернулось.' },
    withdrawn: {
      mark: 'Отозвано: ',
      sentence: 'Сообщение отозвано: более поздние данные объяснили это иначе.',
    },
  },
  summary: {
    title: (count) => `Сообщения, не отправленные вовремя: ${count}`,
    intro: 'Эти сообщения ждали больше часа, поэтому приходят вместе.',
    more: (count) => `Ещё ${count} — на странице.`,
  },
  test: {
    title: 'Проверка оповещений Aiqyn',
    body: (route) => `Это проверка маршрута «${route}». Она не означает, что что-то заблокировано.`,
  },
};
