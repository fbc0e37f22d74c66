/** English: the sentence of an association; the same that goes into the record. */
import { associationSentence } from '../../../analysis/correlate/sentence.ts';

export const enAssociation = {
  /** Platform and operator are names already; `family` is how many tests the correction was made for. */
  sentence: associationSentence,
};
