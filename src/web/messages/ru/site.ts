/** Russian: the frame around every page, and charts. */
import type { enChart, enSite } from '../en/site.ts';

export const ruSite: typeof enSite = {
  name: 'Aiqyn',
  tagline: 'Открыт ли интернет в Казахстане?',
  description:
    'Измеряет изнутри Казахстана и снаружи, доступны ли людям YouTube, Facebook, мессенджеры и пресса.',
  skip: 'Перейти к содержанию',
  navigation: 'Страницы',
  languages: 'Язык',
  offer: 'Эта страница есть на русском языке.',
  nav: {
    '/': 'Сейчас',
    '/timeline': 'Хронология',
    '/incidents': 'Инциденты',
    '/history': 'История',
    '/calendar': 'Календарь',
    '/correlation': 'Взаимосвязи',
    '/claims': 'Заявления',
    '/vantages': 'Точки наблюдения',
    '/method': 'Метод',
    '/safety': 'Безопасность',
    '/data': 'Данные',
  },
  footer:
    'Aiqyn (айқын) по-казахски значит «очевидный». Выводы делаются из измерений по опубликованным правилам; никто их не исправляет.',
  version: (version) => `Версия ${version}`,
  network: (operator, place) => `${operator}, ${place}`,
  networkAccess: (operator, place, access) => `${operator}, ${place} (${access})`,
  unnamedNetwork: 'Сеть этой машины',
  unknownOperator: 'без названия',
  unknownPlace: 'место не указано',
  at: (date, time) => `${date}, ${time}`,
  zoned: (time, zone) => `${time} (${zone})`,
  refreshed: 'Страница обновлена.',
  stalePage: 'Обновить страницу не удалось; то, что на ней показано, могло устареть.',
};

export const ruChart: typeof enChart = {
  legend: 'Цвета',
  none: 'не измерялось',
  timeline: 'Доступность по платформам',
  describe: (name, parts) => `${name}: ${parts.length === 0 ? 'нарушений не видно' : parts.join('; ')}`,
  shaded: (from, to) => `Затенённое время, ${from}–${to}`,
  moment: (at) => `Серая линия, ${at}`,
  toTheHour: 'с точностью до часа',
  endNotKnown: 'окончание неизвестно',
  event: (what, time, remarks) =>
    [`${time}: ${what}`, ...remarks.filter((remark) => remark !== null)].join('; '),
  part: (status, from, to) => `${status.toLocaleLowerCase('ru')} ${from}–${to}`,
  asText: 'То же словами',
  window: (from, to) => `с ${from} до ${to}`,
};
