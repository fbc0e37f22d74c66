/** Why a bundle is not taken in. The code is stable, the text for people; nothing was changed by what is refused. */

export const BUNDLE_REFUSALS = {
  no_bundle: 'It is no bundle, or one that is sealed for another collector than this.',
  truncated: 'It ends too early: its last part is missing. Copy it again from where it was made.',
  damaged: 'Its bytes are not those that were written. Copy it again from where it was made.',
  forged: 'A signature in it is not that of the key that it names.',
  incomplete: 'Batches that its vantage put in are missing, or stand in another order.',
  unknown_key: 'Its key is not enrolled here.',
  revoked: 'Its key was revoked.',
  other_vantage: 'It holds records of a vantage that its key does not stand for.',
  malformed: 'It is whole and signed, but not what this version understands.',
} as const;

export type BundleRefusalCode = keyof typeof BUNDLE_REFUSALS;

/** `detail` says more, and holds no secret. */
export class BundleRefusal extends Error {
  override readonly name = 'BundleRefusal';
  readonly code: BundleRefusalCode;

  constructor(code: BundleRefusalCode, detail?: string) {
    super(detail === undefined ? BUNDLE_REFUSALS[code] : `${BUNDLE_REFUSALS[code]} (${detail})`);
    this.code = code;
  }
}
