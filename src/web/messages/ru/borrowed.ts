/** Russian: others' probes that are asked, and what watches for livestreams. */
import type { enBorrowed } from '../en/borrowed.ts';
import { ruWords } from './grammar.ts';

const { number } = ruWords;

export const ruBorrowed: typeof enBorrowed = {
  title: 'Чужие зонды',
  intro:
    'Добровольцы других проектов держат в стране зонды. Aiqyn спрашивает их там, где у него нет своей линии, и чаще всего тогда, когда что-то заблокировано. Их спрашивают время от времени, у них нет сигнала присутствия, и отрезанными они никогда не считаются.',
  lender: 'Чьи',
  names: { globalping: 'Globalping', atlas: 'RIPE Atlas' },
  networks: 'Сетей с зондом',
  quota: 'Сколько ещё можно спросить',
  left: (left, limit) => `${number(left)} из ${number(limit)}`,
  lastAnswer: 'Последний ответ',
  state: 'Состояние',
  well: 'Отвечают',
  untried: 'Ещё не спрашивали',
  watched: {
    title: 'За чем следят: прямые эфиры',
    intro: 'Пока эфир идёт, платформы, на которых он идёт, проверяются каждые 30 секунд.',
    what: 'Что',
    open: 'Сейчас в эфире',
    lastLook: 'Последняя проверка',
    unlimited: 'без ограничения',
  },
};
