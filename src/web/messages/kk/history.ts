/** Kazakh: months and years past, what was measured in them and by whom, and what happened. */
import type { enHistory } from '../en/history.ts';
import { kkWords } from './grammar.ts';

const { number } = kkWords;

export const kkHistory: typeof enHistory = {
  title: 'Тарих',
  intro:
    'Ай сайын: не өлшенді және кім өлшеді, кейін басқалардан не алынды және қандай инциденттер болды. Ешкім өлшемеген ай көрсетілмейді: онда инциденттің жоқтығы ештеңені білдірмейді.',
  none: 'Әзірге ештеңе өлшенген жоқ және басқалардан ештеңе алынған жоқ. «aiqyn backfill ooni» пәрмені OONI еріктілері 2012 жылдан бері өлшегенін, ал «aiqyn import ioda» IODA санағанын әкеледі.',
  month: 'Ай',
  days: 'Өлшенген күндер',
  own: 'Біздің бақылау нүктелеріміз',
  volunteers: 'OONI еріктілерінен кейін алынғаны',
  numbers: 'Басқалардың сандары',
  outside: 'Басқалар хабарлаған іркілістер',
  incidents: 'Инциденттер',
  events: 'Күнтізбедегі оқиғалар',
  measurements: (count) => (count === 0 ? '–' : `${number(count)} өлшем`),
  count: (count) => number(count),
  told: (source, count) => `${source}: ${number(count)}`,
  numbersOf: (source, series, numbers) => `${source}: ${number(series)} қатар, ${number(numbers)} сан`,
  ofStop: (events, stop) => `${number(events)}, оның ішінде STOP дерекқорынан жүктелгені: ${number(stop)}`,
  yearTitle: (year) => `${year} жыл`,
  yearIncidents: 'Осы жылғы инциденттер',
  yearIncidentsNone: 'Осы жылғы инциденттер туралы ештеңе белгісіз.',
  more: (count) => `Тағы ${number(count)} инцидент API ішінде бар.`,
  associations: 'Осы жылғы инциденттер немен байланысты',
  associationsText:
    'Осы жылғы инциденттер күнтізбенің сол жылғы оқиғаларымен салыстырылған; соңғы жылға қарайтын «Өзара байланыс» бетіндегідей.',
  associationsNone: 'Салыстыратын ештеңе жоқ: өлшенген уақытқа күнтізбенің бірде-бір оқиғасы түспейді.',
  tooFew: (count) => `${number(count)} салыстыруда бірдеңе айтуға оқиға тым аз.`,
  back: 'Барлық жылдар',
};
