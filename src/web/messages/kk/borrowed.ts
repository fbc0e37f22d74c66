/** Kazakh: others' probes that are asked, and what watches for livestreams. */
import type { enBorrowed } from '../en/borrowed.ts';
import { kkWords } from './grammar.ts';

const { number } = kkWords;

export const kkBorrowed: typeof enBorrowed = {
  title: 'Басқалардың зондтары',
  intro:
    'Басқа жобалардың еріктілері елде зондтар ұстайды. Aiqyn өз желісі жоқ жерде, әсіресе бірдеңе бұғатталып тұрғанда, солардан сұрайды. Олардан анда-санда сұралады, олардың тірілік белгісі жоқ және олар ешқашан ажыратылған деп саналмайды.',
  lender: 'Кімдікі',
  names: { globalping: 'Globalping', atlas: 'RIPE Atlas' },
  networks: 'Зонды бар желілер',
  quota: 'Тағы қанша сұрауға болады',
  left: (left, limit) => `${number(limit)} ішінен ${number(left)}`,
  lastAnswer: 'Соңғы жауап',
  state: 'Күйі',
  well: 'Жауап береді',
  untried: 'Әлі сұралған жоқ',
  watched: {
    title: 'Бақылаудағы тікелей эфирлер',
    intro: 'Эфир жүріп жатқанда, ол жүріп жатқан платформалар әр 30 секунд сайын тексеріледі.',
    what: 'Не',
    open: 'Қазір эфирде',
    lastLook: 'Соңғы тексеру',
    unlimited: 'шектеусіз',
  },
};
