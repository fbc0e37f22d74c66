/** Albers' equal-area conic projection for Kazakhstan: regions keep their share of the map. */
const RADIANS = Math.PI / 180;
const SOUTH = 43 * RADIANS;
const NORTH = 53 * RADIANS;
const MIDDLE_LATITUDE = 48 * RADIANS;
const MIDDLE_LONGITUDE = 67 * RADIANS;
const CONE = (Math.sin(SOUTH) + Math.sin(NORTH)) / 2;
const CONSTANT = Math.cos(SOUTH) ** 2 + 2 * CONE * Math.sin(SOUTH);

export interface FlatPoint {
  readonly x: number;
  readonly y: number;
}

function radiusAt(latitude: number): number {
  return Math.sqrt(CONSTANT - 2 * CONE * Math.sin(latitude)) / CONE;
}

/** @param longitude and latitude in degrees. In radii of the Earth; y grows to the south, as on a screen. */
export function project(longitude: number, latitude: number): FlatPoint {
  const angle = CONE * (longitude * RADIANS - MIDDLE_LONGITUDE);
  const radius = radiusAt(latitude * RADIANS);
  return {
    x: radius * Math.sin(angle),
    y: radius * Math.cos(angle) - radiusAt(MIDDLE_LATITUDE),
  };
}
