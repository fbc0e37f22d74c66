/** Kazakh: the timeline, an operator, a place. */
import type { enOperators, enPlaces, enTimeline } from '../en/scopes.ts';
import { kkWords } from './grammar.ts';

const { number } = kkWords;

export const kkTimeline: typeof enTimeline = {
  title: 'Уақыт шкаласы',
  intro: 'Платформалар бойынша не қолжетімді болды және сол кезде не болып жатты.',
  lengths: 'Қанша уақыт көрсетілсін',
  length: { 1: '24 сағат', 3: '3 күн', 7: '7 күн', 31: '31 күн' },
  move: 'Басқа уақыт',
  earlier: 'Ертерек',
  later: 'Кейінірек',
  latest: 'Қазіргі уақытқа дейін',
  chart: 'Платформалар бойынша',
  note: 'Жіңішке жолақ: қолжетімді. Биік: ақау бар, неғұрлым биік болса, соғұрлым көп желіде. Бос жер: өлшенбеген.',
  none: 'Бұл уақытта ештеңе өлшенбеген.',
  incidents: 'Осы уақыттағы инциденттер',
  noIncidents: 'Бұл уақытта инцидент жоқ.',
  events: 'Осы уақыттағы оқиғалар',
  noEvents: 'Күнтізбеде бұл уақытқа келетін оқиға жоқ.',
  more: (count) => `Тағы ${number(count)} бар.`,
};

export const kkOperators: typeof enOperators = {
  title: (operator) => `${operator}: не қолжетімді?`,
  none: 'Соңғы жарты сағатта бұл желіде ештеңе өлшенбеді.',
  asns: 'AS нөмірлері',
  access: 'Қосылу түрлері',
  places: 'Қай жерде өлшенеді',
  now: 'Қазір, орындар бойынша',
  day: (count) => `Соңғы ${number(count)} сағат, платформалар бойынша`,
  incidents: 'Осы желідегі инциденттер',
  claims: 'Ол аталған мәлімдемелер',
};

export const kkPlaces: typeof enPlaces = {
  title: (place) => `${place}: не қолжетімді?`,
  none: 'Соңғы жарты сағатта мұнда ештеңе өлшенбеді.',
  timeZone: 'Уақыт белдеуі',
  operators: 'Қай желілерде өлшенеді',
  now: 'Қазір, желілер бойынша',
  day: (count) => `Соңғы ${number(count)} сағат, платформалар бойынша`,
  incidents: 'Осы жердегі инциденттер',
  events: 'Осы жердегі оқиғалар',
};
