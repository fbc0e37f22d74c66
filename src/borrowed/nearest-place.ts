/** The catalogue's place next to coordinates, so that a city is kept and the coordinates are not. */
import type { PlaceFact } from '../../probes/catalog.ts';

/** Beyond this a place is not the one meant. */
const NEAR_KM_MAX = 40;
const EARTH_KM = 6_371;

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}

/** Great-circle distance in kilometres (haversine). */
function distanceKm(latitude: number, longitude: number, place: PlaceFact): number {
  const dLatitude = radians(place.latitude - latitude) / 2;
  const dLongitude = radians(place.longitude - longitude) / 2;
  const a =
    Math.sin(dLatitude) ** 2 +
    Math.cos(radians(latitude)) * Math.cos(radians(place.latitude)) * Math.sin(dLongitude) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(a)));
}

/** @param latitude and longitude in degrees. Null where no place of the catalogue is near. */
export function nearestPlace(
  places: readonly PlaceFact[],
  latitude: number,
  longitude: number,
): { readonly id: string; readonly city: string } | null {
  const [nearest] = places
    .map((place) => ({ place, km: distanceKm(latitude, longitude, place) }))
    .filter(({ km }) => km <= NEAR_KM_MAX)
    .toSorted((a, b) => a.km - b.km);
  return nearest === undefined ? null : { id: nearest.place.id, city: nearest.place.names.en };
}
