/** Cloudflare Radar's answers as far as we read them. Numbers come as text. */
import { z } from 'zod';

function wrapper<T extends z.ZodType>(result: T) {
  return z.object({ success: z.boolean().optional(), result });
}

const Times = z.array(z.string()).max(50_000);
const Numbers = z.array(z.union([z.string(), z.number(), z.null()])).max(50_000);

/** One series: its values beside their times. */
export const Timeseries = wrapper(z.object({ serie_0: z.object({ timestamps: Times, values: Numbers }) }));

/** Shares of TCP connections that ended early, by how far they had got. */
export const ResetGroups = wrapper(
  z.object({
    serie_0: z.object({ timestamps: Times, post_ack: Numbers.optional(), post_psh: Numbers.optional() }),
  }),
);

export const Outages = wrapper(z.object({ annotations: z.array(z.unknown()) }));
export const Anomalies = wrapper(z.object({ trafficAnomalies: z.array(z.unknown()) }));

export const OutageRow = z.object({
  id: z.string(),
  asns: z.array(z.number().int()).nullish(),
  startDate: z.string(),
  endDate: z.string().nullish(),
  linkedUrl: z.string().nullish(),
  outage: z.object({ outageCause: z.string().nullish(), outageType: z.string().nullish() }).nullish(),
});
export type OutageRow = z.infer<typeof OutageRow>;

export const AnomalyRow = z.object({
  uuid: z.string(),
  type: z.string(),
  status: z.string().nullish(),
  startDate: z.string(),
  endDate: z.string().nullish(),
  asnDetails: z.object({ asn: z.coerce.string() }).nullish(),
});
export type AnomalyRow = z.infer<typeof AnomalyRow>;
