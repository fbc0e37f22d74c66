/**
 * Coordinates of places for Grafana's map: the store knows places by id, and looks up nothing outside. Made from the
 * catalogue; provisioned as a file beside Grafana's own gazetteers.
 */
import { z } from 'zod';
import { PlaceFact } from '../../probes/catalog.ts';

/** Under Grafana's own root, from where the browser fetches it. */
export const GAZETTEER_PATH = 'public/gazetteer/aiqyn-places.json';

/** As Grafana reads it: keys are compared as they are and in capitals. */
export const Gazetteer = z.array(
  z.strictObject({
    key: z.string().min(1),
    keys: z.array(z.string().min(1)),
    name: z.string().min(1),
    latitude: z.number().min(-90).max(90),
    longitude: z.number().min(-180).max(180),
  }),
);
export type Gazetteer = z.infer<typeof Gazetteer>;

/** @throws ZodError where the catalogue's places are not what probes/catalog.ts says. */
export function gazetteerOf(places: unknown): Gazetteer {
  return z
    .array(PlaceFact)
    .parse(places)
    .map(({ id, names, latitude, longitude }) => ({
      key: id,
      keys: [...new Set([id, names.en, names.ru, names.kk])],
      name: names.en,
      latitude,
      longitude,
    }));
}
