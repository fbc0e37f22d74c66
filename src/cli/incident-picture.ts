/** Draws an incident for alerts as the page's links show it, in a route's language. */
import type { Catalog } from '../../probes/catalog.ts';
import type { Clock } from '../../probes/probe.ts';
import type { PaintIncident } from '../alerts/picture.ts';
import type { Store } from '../store/store.ts';
import { sizeOf } from '../web/charts/painter.ts';
import type { Painter } from '../web/charts/painter.ts';
import { messages } from '../web/messages/messages.ts';
import { createNameBook } from '../web/names.ts';
import type { Language } from '../web/names.ts';

export interface PictureWorld {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly language: Language;
}

/** ECharts is loaded at the first picture. */
export function paintingOf(
  painter: Painter,
  { store, catalog, clock, language }: PictureWorld,
): PaintIncident {
  const context = { store, clock, messages: messages(language), names: createNameBook(catalog, language) };
  return async (incidentId) => {
    const incident = await store.incident(incidentId);
    if (incident === null) throw new TypeError(`there is no incident ${incidentId}`);
    const { drawCard } = await import('../web/charts/card.ts');
    const svg = await drawCard(context, incident);
    return painter.paint({ svg, ...sizeOf(svg), zoom: 1 });
  };
}
