/** Russian: what stands with a chart that is cited, the feed and the map. */
import type { enCite, enFeed, enMap } from '../en/cite.ts';
import { minutes, vantages } from './grammar.ts';

export const ruCite: typeof enCite = {
  title: 'Сослаться на этот график',
  embed: 'для вашей страницы',
  numbers: 'числа (CSV)',
  nothing: 'За это время ничего не измерено.',
  times: (zone, offset, from, to) =>
    `Время: ${zone} (${offset}). Показан промежуток с ${from} до ${to} (UTC).`,
  method: (count, step, address) =>
    `${vantages(count)}; шаг: ${minutes(step)}. Сеть получает цвет, если так показала более чем пятая часть её проверок; высота полосы соответствует доле сетей. Правила: ${address}`,
  source: (address) => `Источник: Aiqyn, лицензия CC BY 4.0. ${address}`,
  card: (zone, offset, from, to) =>
    `Время: ${zone} (${offset}) · с ${from} до ${to} (UTC) · Aiqyn, CC BY 4.0`,
};

export const ruFeed: typeof enFeed = {
  title: 'Aiqyn: инциденты',
  subtitle:
    'Блокировки, замедления, перехваты и отключения интернета в Казахстане: как они начинаются, меняются и заканчиваются.',
  opened: (what) => `Началось. ${what}`,
  joined: (network, what) => `Теперь и в сети «${network}». ${what}`,
  lifted: (what) => `Временно снято. ${what}`,
  back: (what) => `Снова. ${what}`,
  ended: (what) => `Закончилось. ${what}`,
  since: (time) => `Началось: ${time}.`,
};

export const ruMap: typeof enMap = {
  title: 'Где',
  label: 'Карта Казахстана: что видно из каждого города, в котором мы измеряем',
  city: (place, status, details) =>
    `${place}: ${status.toLocaleLowerCase('ru')}${details.length === 0 ? '' : ` (${details.join(', ')})`}`,
  note: 'Показано худшее из того, что сети города видят сейчас; форма и цвет означают одно и то же.',
};
