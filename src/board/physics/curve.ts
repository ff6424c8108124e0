// A quantity of the world over simulated time, before any sensor has measured it. Pure.
import { wander } from './noise.ts'

export type Curve = SteadyCurve | PointCurve | DayCurve

/** A value that drifts and wanders. */
export interface SteadyCurve {
  readonly shape: 'steady'
  readonly value: number
  readonly driftPerHour: number
  /** How far it strays to either side. */
  readonly wander: number
  readonly wanderOverS: number
}

/** Straight from point to point; before the first and after the last, their values. */
export interface PointCurve {
  readonly shape: 'points'
  readonly points: readonly { readonly atS: number; readonly value: number }[]
}

/** Daylight: half a wave of a sine from sunrise to sunset. */
export interface DayCurve {
  readonly shape: 'day'
  /** Second of the day at simulated second 0. */
  readonly startsAtS: number
  readonly sunriseS: number
  readonly sunsetS: number
  readonly noon: number
  readonly night: number
  /** Share of daylight that clouds take at most. */
  readonly clouds: number
}

const dayS = 86_400
/** How long a cloud takes to pass. */
const cloudOverS = 600

export function valueAt(curve: Curve, seed: number, name: string, atS: number): number {
  if (curve.shape === 'points') return onLine(curve, atS)
  if (curve.shape === 'day') return daylight(curve, seed, name, atS)
  const strayed = curve.wander === 0 ? 0 : curve.wander * wander(seed, name, atS, curve.wanderOverS)
  return curve.value + (curve.driftPerHour * atS) / 3600 + strayed
}

function onLine({ points }: PointCurve, atS: number): number {
  const after = points.findIndex((point) => point.atS > atS)
  const to = after === -1 ? points.at(-1) : points[after]
  const from = after > 0 ? points[after - 1] : to
  if (from === undefined || to === undefined) return 0
  if (from === to) return to.value
  return from.value + ((to.value - from.value) * (atS - from.atS)) / (to.atS - from.atS)
}

function daylight(curve: DayCurve, seed: number, name: string, atS: number): number {
  const { sunriseS, sunsetS, noon, night, clouds } = curve
  const share = (secondOfDay(curve.startsAtS, atS) - sunriseS) / (sunsetS - sunriseS)
  if (share <= 0 || share >= 1) return night
  const shade = clouds === 0 ? 0 : (clouds * (1 + wander(seed, `${name} clouds`, atS, cloudOverS))) / 2
  return night + (noon - night) * Math.sin(Math.PI * share) * (1 - shade)
}

export function secondOfDay(startsAtS: number, atS: number): number {
  return (startsAtS + atS) % dayS
}
