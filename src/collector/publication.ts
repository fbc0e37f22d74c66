/**
 * Each incident as it is published: what the detector says with what was last heard of it, else with what was saved with it. Asked at
 * every pass of the runner, so what has not changed comes back as the same object.
 */
import { saidOf, withoutWitnesses, withWitnesses } from '../analysis/corroborate/witnessed.ts';
import type { Said } from '../analysis/corroborate/witnessed.ts';
import type { Incident } from '../analysis/detect/point.ts';

interface Made {
  readonly said: Said;
  readonly incident: Incident;
}

export class Publication {
  readonly #heard: (id: string) => Said | undefined;
  readonly #alone = new WeakMap<Incident, Incident>();
  readonly #made = new WeakMap<Incident, Made>();

  constructor(heard: (id: string) => Said | undefined) {
    this.#heard = heard;
  }

  /** As the detector said it; what is carried from the store has their words in it. */
  alone(incident: Incident): Incident {
    const known = this.#alone.get(incident) ?? withoutWitnesses(incident);
    this.#alone.set(incident, known);
    return known;
  }

  /** @param alone the detector’s own, under its published id */
  of(alone: Incident, saved: Incident | undefined): Incident {
    const made = this.#made.get(alone);
    const heard = this.#heard(alone.id);
    if (made !== undefined && (heard === undefined ? made.incident === saved : made.said === heard))
      return made.incident;
    const said = heard ?? saidOf(saved ?? alone);
    const incident = withWitnesses(alone, said);
    this.#made.set(alone, { said, incident });
    return incident;
  }
}
