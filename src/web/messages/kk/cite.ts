/** Kazakh: what stands with a chart that is cited, the feed and the map. */
import type { enCite, enFeed, enMap } from '../en/cite.ts';
import { kkWords, vantages } from './grammar.ts';

const { number } = kkWords;

export const kkCite: typeof enCite = {
  title: 'Осы сызбаға сілтеме жасау',
  embed: 'өз бетіңізге қою үшін',
  numbers: 'сандар (CSV)',
  nothing: 'Бұл уақытта ештеңе өлшенбеген.',
  times: (zone, offset, from, to) =>
    `Уақыты: ${zone} (${offset}). Көрсетілген аралық: ${from} – ${to} (UTC).`,
  method: (count, step, address) =>
    `${vantages(count)}, қадамы ${number(step)} минут. Тексерулерінің бестен бірінен көбі көрсетсе, желі сол түске боялады; жолақтың биіктігі желілердің үлесіне сай. Ережелер: ${address}`,
  source: (address) => `Дереккөз: Aiqyn, CC BY 4.0 лицензиясы. ${address}`,
  card: (zone, offset, from, to) => `Уақыты: ${zone} (${offset}) · ${from} – ${to} (UTC) · Aiqyn, CC BY 4.0`,
};

export const kkFeed: typeof enFeed = {
  title: 'Aiqyn: инциденттер',
  subtitle:
    'Қазақстандағы бұғаттау, баяулату, ұстап қалу және интернетті өшіру: қалай басталады, өзгереді және аяқталады.',
  opened: (what) => `Басталды. ${what}`,
  joined: (network, what) => `Енді «${network}» желісінде де. ${what}`,
  lifted: (what) => `Уақытша алынды. ${what}`,
  back: (what) => `Қайтадан. ${what}`,
  ended: (what) => `Аяқталды. ${what}`,
  since: (time) => `Басталған уақыты: ${time}.`,
};

export const kkMap: typeof enMap = {
  title: 'Қай жерде',
  label: 'Қазақстан картасы: біз өлшейтін әр қаладан не көрінеді',
  city: (place, status, details) =>
    `${place}: ${status.toLocaleLowerCase('kk')}${details.length === 0 ? '' : ` (${details.join(', ')})`}`,
  note: 'Қала желілері қазір көріп тұрғанның ең нашары көрсетілген; пішіні мен түсінің мағынасы бірдей.',
};
