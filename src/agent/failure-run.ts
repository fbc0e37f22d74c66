/**
 * When a light check of a target is looked at again: as long as it is news. The agent, a replay and the simulated lines of
 * the bench all ask this, so that what is shown of the detector holds for what is measured.
 */

/**
 * Rounds, failing one after the other, in which what fails is tried again. Tries of one round share its loss; those of the
 * round after do not. So light checks look again in both, which finds a block about fifty seconds sooner where one round is
 * not enough, and asks less of each round.
 */
export const RETESTED_FAILURES_MAX = 2;

/** Light checks of one target, by the first try of each round. What fails while cut off is nobody's and is not noted. */
export class FailureRun {
  #failures = 0;

  /** Whether this result is looked at again: a failure in the first rounds that fail, a success after any. */
  isNews(reachable: boolean): boolean {
    const failedBefore = this.#failures > 0;
    this.#failures = reachable ? 0 : this.#failures + 1;
    return reachable ? failedBefore : this.#failures <= RETESTED_FAILURES_MAX;
  }
}
