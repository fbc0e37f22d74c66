/** An association as a row of the series `association`, for stores that others read with their own tools. */
import type { Association } from '../analysis/correlate/association.ts';
import type { ASSOCIATION_FIELDS, ASSOCIATION_TAGS } from './fields.ts';

/** Stands for "any operator": a tag cannot be absent in one row and present in the next of the same table. */
const ANY_OPERATOR = 'any';

export interface AssociationRow {
  readonly tags: Readonly<Record<(typeof ASSOCIATION_TAGS)[number], string>>;
  /** Null where nothing was tested or nothing met. Shares are 0–1, the lag is in milliseconds. */
  readonly fields: Readonly<Record<(typeof ASSOCIATION_FIELDS)[number], number | string | null>>;
}

export function associationRow(association: Association): AssociationRow {
  const { kind, platform, operator, relativeRisk } = association;
  return {
    tags: { kind, platform, operator: operator ?? ANY_OPERATOR },
    fields: {
      outcome: association.outcome,
      events: association.events,
      events_with_block: association.eventsWithBlock,
      blocks: association.blocks,
      blocks_with_event: association.blocksWithEvent,
      blocked_share_in_events: association.blockedShareInEvents,
      blocked_share_otherwise: association.blockedShareOtherwise,
      relative_risk: relativeRisk?.value ?? null,
      relative_risk_low: relativeRisk?.low ?? null,
      relative_risk_high: relativeRisk?.high ?? null,
      median_onset_lag_ms: association.medianOnsetLagMs,
      p_value: association.pValue,
      p_adjusted: association.pAdjusted,
      sentence: association.sentence,
    },
  };
}
