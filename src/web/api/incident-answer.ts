/** An incident as the API writes it: the contract's JSON, without what would name a vantage. */
import { testimoniesOf, voicesOf, withoutWitnesses } from '../../analysis/corroborate/witnessed.ts';
import { incidentJson } from '../../analysis/detect/incident-json.ts';
import type { Incident } from '../../analysis/detect/point.ts';
import type { WebContext } from '../context.ts';
import { incidentSentence } from '../overview/sentences.ts';
import { IncidentAnswer } from './schemas.ts';
import type { IncidentDetailAnswer } from './schemas.ts';

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** The summary is the page's own sentence, which counts vantages and never names one; the schema drops their ids. */
export function incidentAnswer(context: WebContext, incident: Incident): IncidentAnswer {
  const summary = `${incidentSentence(context, incident, context.clock.nowMs())}.`;
  const confidenceAlone = withoutWitnesses(incident).confidence;
  return IncidentAnswer.parse({
    ...incidentJson(incident),
    confidenceAlone,
    witnesses: voicesOf(incident),
    summary,
  });
}

/** With what it rests on, network by network. */
export function incidentDetail(context: WebContext, incident: Incident): IncidentDetailAnswer {
  const { reasons, openings } = incidentJson(incident);
  return {
    ...incidentAnswer(context, incident),
    confidenceWithWitnesses: incident.confidence,
    corroboration: testimoniesOf(incident).map(({ startMs, endMs, ...testimony }) => ({
      ...testimony,
      start: startMs === null ? null : iso(startMs),
      end: endMs === null ? null : iso(endMs),
    })),
    reasons: [...reasons],
    openings: [...openings],
    members: incident.members.map((member) => ({
      operator: member.operator,
      place: member.place,
      access: member.access,
      platform: member.platform,
      start: iso(member.startMs),
      end: member.endMs === null ? null : iso(member.endMs),
      method: member.method,
      reasons: [...member.reasons],
    })),
  };
}
