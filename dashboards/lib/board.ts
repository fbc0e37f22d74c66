/** What all dashboards share: their variables, annotations, links, zone and refresh. */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Panel, VariableModel } from '@grafana/grafana-foundation-sdk/dashboard';
import { eventAnnotation, incidentAnnotation } from './annotations.ts';
import { historyVariable, pageVariable } from './variables.ts';

const TAG = 'aiqyn';

export interface Section {
  /** Absent: the panels stand at the top, under no heading. */
  readonly title?: string;
  readonly panels: readonly Builder<Panel>[];
}

export interface BoardParts {
  /** Stable: addresses of dashboards are kept by people. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly from: string;
  readonly variables: readonly Builder<VariableModel>[];
  readonly sections: readonly Section[];
  /** Address of the public page that this dashboard is about, after `${page}`. */
  readonly pagePath: string;
  readonly pageUrl: string;
}

function links(pagePath: string): Builder<ReturnType<DashboardLinkBuilder['build']>>[] {
  return [
    new DashboardLinkBuilder('Dashboards')
      .type(DashboardLinkType.Dashboards)
      .tags([TAG])
      .asDropdown(true)
      .includeVars(true)
      .keepTime(true)
      .tooltip('The other dashboards, with the same choice and time'),
    new DashboardLinkBuilder('Public page')
      .type(DashboardLinkType.Link)
      .url(`\${page}${pagePath}`)
      .icon('external link')
      .targetBlank(true)
      .tooltip('What everybody sees'),
  ];
}

/**
 * The dashboard as file provisioning of every Grafana since 10 reads it. The newer model that the SDK recommends is only
 * read by Grafana 12 and later, behind its own API.
 */
export function board(parts: BoardParts) {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- see above: file provisioning reads this model.
  const builder = new DashboardBuilder(parts.title)
    .uid(parts.uid)
    .description(parts.description)
    .tags([TAG])
    .readonly()
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .refresh('1m')
    .time({ from: parts.from, to: 'now' })
    .variables([...parts.variables, historyVariable(), pageVariable(parts.pageUrl)])
    .annotations([incidentAnnotation(), eventAnnotation()])
    .links(links(parts.pagePath));
  for (const section of parts.sections) {
    if (section.title !== undefined) builder.withRow(new RowBuilder(section.title));
    for (const panel of section.panels) builder.withPanel(panel);
  }
  return numbered(builder.build());
}

/** Panels get their numbers in reading order, so that an alert or a link can name one. */
function numbered<T extends { panels?: { id?: number }[] }>(built: T): T {
  for (const [index, panel] of (built.panels ?? []).entries()) panel.id = index + 1;
  return built;
}
