/** Why a bundle is refused. The codes are stable; the words are for people. */
export type RefusalCode =
  | 'not_a_zip'
  | 'hostile_zip'
  | 'changed_zip'
  | 'missing_file'
  | 'extra_file'
  | 'malformed'
  | 'other_key'
  | 'forged'
  | 'changed_file'
  | 'wrong_proof'
  | 'wrong_log'
  | 'wrong_verdict'
  | 'wrong_report';

/** What makes everything after it meaningless: the check ends here. */
export class BundleRefusal extends Error {
  override readonly name = 'BundleRefusal';
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}
