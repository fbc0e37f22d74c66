/** Kazakh: the frame around every page, and charts. */
import type { enChart, enSite } from '../en/site.ts';

export const kkSite: typeof enSite = {
  name: 'Aiqyn',
  tagline: 'Қазақстанда интернет ашық па?',
  description:
    'YouTube, Facebook, мессенджерлер және баспасөз адамдарға қолжетімді ме — соны Қазақстанның ішінен және сыртынан өлшейді.',
  skip: 'Мазмұнға өту',
  navigation: 'Беттер',
  languages: 'Тіл',
  offer: 'Бұл бет қазақ тілінде де бар.',
  nav: {
    '/': 'Қазір',
    '/timeline': 'Уақыт шкаласы',
    '/incidents': 'Инциденттер',
    '/history': 'Тарих',
    '/calendar': 'Күнтізбе',
    '/correlation': 'Өзара байланыс',
    '/claims': 'Мәлімдемелер',
    '/vantages': 'Бақылау нүктелері',
    '/method': 'Әдіс',
    '/safety': 'Қауіпсіздік',
    '/data': 'Деректер',
  },
  footer:
    'Aiqyn — «айқын» сөзінің латынша жазылуы. Шешімдер өлшемдерден жарияланған ережелер бойынша шығарылады; оларды ешкім түзетпейді.',
  version: (version) => `Нұсқасы: ${version}`,
  network: (operator, place) => `${operator}, ${place}`,
  networkAccess: (operator, place, access) => `${operator}, ${place} (${access})`,
  unnamedNetwork: 'Осы машинаның желісі',
  unknownOperator: 'атауы белгісіз',
  unknownPlace: 'орны белгісіз',
  at: (date, time) => `${date}, ${time}`,
  zoned: (time, zone) => `${time} (${zone})`,
  refreshed: 'Бет жаңартылды.',
  stalePage: 'Бетті жаңарту мүмкін болмады; көрсетілгені ескірген болуы мүмкін.',
};

export const kkChart: typeof enChart = {
  legend: 'Түстер',
  none: 'өлшенбеген',
  timeline: 'Платформалар бойынша қолжетімділік',
  describe: (name, parts) => `${name}: ${parts.length === 0 ? 'ақау байқалмады' : parts.join('; ')}`,
  shaded: (from, to) => `Көлеңкеленген уақыт, ${from}–${to}`,
  moment: (at) => `Сұр сызық, ${at}`,
  toTheHour: 'сағатқа дейінгі дәлдікпен',
  endNotKnown: 'аяқталуы белгісіз',
  event: (what, time, remarks) =>
    [`${time}: ${what}`, ...remarks.filter((remark) => remark !== null)].join('; '),
  part: (status, from, to) => `${status.toLocaleLowerCase('kk')} ${from}–${to}`,
  asText: 'Соның сөзбен жазылғаны',
  window: (from, to) => `${from} – ${to}`,
};
