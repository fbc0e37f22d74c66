/** Why a collector takes nothing of a request. Each stands for one thing that is wrong; the code is stable, the text for people. */

export const REFUSALS = {
  malformed: { status: 400, text: 'The request is not what this collector understands.' },
  truncated: { status: 400, text: 'The body is not the one that was signed, or ends too early.' },
  unknown_key: { status: 401, text: 'This key is not enrolled here.' },
  forged: { status: 401, text: 'The signature is not that of the key.' },
  revoked: { status: 403, text: 'This key was revoked.' },
  other_vantage: {
    status: 403,
    text: 'The batch holds records of a vantage that the key does not stand for.',
  },
  unknown_token: { status: 403, text: 'This token is unknown, used or too old.' },
  replayed: { status: 409, text: 'This batch, or one after it, is here already.' },
  reordered: { status: 409, text: 'The batch does not follow the last one.' },
  oversized: { status: 413, text: 'The batch is larger than this collector takes.' },
} as const;

export type RefusalCode = keyof typeof REFUSALS;
export const REFUSAL_CODES = Object.keys(REFUSALS).filter((code): code is RefusalCode => code in REFUSALS);

/** Nothing was changed by what caused it. `detail` says more for the log; it is sent too and holds no secret. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;

  constructor(code: RefusalCode, detail?: string) {
    super(detail === undefined ? REFUSALS[code].text : `${REFUSALS[code].text} (${detail})`);
    this.code = code;
  }
}
