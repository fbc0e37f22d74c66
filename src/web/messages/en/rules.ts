/** English: how each verdict is made, and what it cannot tell. docs/verdicts.md and docs/detection.md have the rules themselves. */
import type { Status } from '../../../analysis/verdict/verdict.ts';

export interface VerdictRule {
  /** How it is made. */
  readonly how: string;
  /** What it cannot tell. */
  readonly limit: string;
}

const each: Readonly<Record<Status, VerdictRule>> = {
  ok: {
    how: 'The page came under a certificate that is right for its name, or it is the same page that the control got.',
    limit:
      'A part of the platform may still fail; parts are measured one by one and shown on the platform’s page.',
  },
  blocked: {
    how: 'The step that fails here works for the control outside at the same time, or works at the same address under a harmless name.',
    limit:
      'While the control fails, nothing is called blocked. Where there is no control at all, only what proves itself is, with a confidence of 0.7 at most. Who ordered it cannot be seen.',
  },
  throttled: {
    how: 'A page or file comes far slower than one fetched in turn with it on the same network, or than the control gets it.',
    limit:
      'A slow line is slow for both and counts for nothing. What was slow between two checks is not seen.',
  },
  intercepted: {
    how: 'The certificate, its key or its signer belongs to a known interceptor; or the certificate is wrong here and right for the control at the same address.',
    limit: 'What the interceptor read or changed cannot be seen.',
  },
  tampered: {
    how: 'Something does come, but the name server’s answer, the way or the page is not what the control sees.',
    limit: 'Many sites show other countries another page; so one difference alone counts for nothing.',
  },
  down: {
    how: 'The control outside could not reach it either.',
    limit:
      'A site that turns foreign visitors away looks down to the control. Then nothing is said of a block.',
  },
  offline: {
    how: 'The vantage’s rings (its gateway, sites inside the country, sites outside) say that its own network is cut.',
    limit:
      'What is blocked behind the cut cannot be measured. Several vantages cut together are how a shutdown looks from inside.',
  },
  inconclusive: {
    how: 'No rule applies, or our own software failed or was stopped.',
    limit: 'It counts for nothing, neither for nor against.',
  },
};

export const enRules = {
  title: 'Each verdict, and its limits',
  each,
  limit: 'Limit:',
  methodsTitle: 'How a block is done, and what it looks like',
  incidents: {
    title: 'From verdicts to an incident',
    paragraphs: [
      'For each address at each vantage a test adds up the evidence for and against. It is set so that chance opens less than one false incident in ten years of one vantage’s measuring. A forged certificate or a reset weighs much, silence little, and the less the more the line itself loses.',
      'An incident ends only with evidence that it works again. A gap in measuring is no evidence for either.',
      'A place or the whole country is called cut off only where three quarters of its vantages are, on at least two operators, and for the country in at least two places.',
    ],
  },
};
