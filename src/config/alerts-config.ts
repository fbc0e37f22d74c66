/** Who is told of what, as the configuration says it; secrets read. */
import type { IncidentKind } from '../analysis/detect/point.ts';
import type { Secret } from './secret.ts';

export type ChannelConfig =
  | { readonly channel: 'telegram'; readonly chat: string; readonly api: string; readonly token: Secret }
  | {
      readonly channel: 'email';
      readonly host: string;
      readonly port: number;
      readonly tls: 'implicit' | 'starttls' | 'none';
      readonly from: string;
      readonly to: readonly string[];
      readonly login: { readonly username: string; readonly password: Secret } | null;
    }
  | { readonly channel: 'webhook'; readonly url: string; readonly secret: Secret }
  | {
      readonly channel: 'ntfy';
      readonly url: string;
      readonly topic: string;
      readonly token: Secret | null;
    }
  /** Mattermost takes the same messages. The address itself is the secret. */
  | { readonly channel: 'slack'; readonly url: Secret }
  | { readonly channel: 'alertmanager'; readonly url: string; readonly token: Secret | null };

/** What a route is told of; what is absent does not narrow it. */
export interface RouteFilter {
  readonly platforms?: readonly string[] | undefined;
  /** AS numbers. */
  readonly operators?: readonly string[] | undefined;
  readonly places?: readonly string[] | undefined;
  readonly kinds?: readonly IncidentKind[] | undefined;
  /** Smallest confidence, 0–1, of the number that every page shows: with what those outside say. */
  readonly confidence: number;
}

/** Hours of the day in which messages wait; `from` after `to` goes over midnight. */
export interface QuietHours {
  /** `23:00`. */
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  /** Kinds that are told all the same. */
  readonly urgent: readonly IncidentKind[];
}

export interface RouteConfig {
  readonly id: string;
  readonly language: 'en' | 'ru' | 'kk';
  readonly only: RouteFilter;
  readonly quiet: QuietHours | null;
  readonly channel: ChannelConfig;
}

export interface AlertsConfig {
  /** Where readers reach the page, without a slash at its end; null: messages carry no link. */
  readonly publicUrl: string | null;
  readonly routes: readonly RouteConfig[];
}
