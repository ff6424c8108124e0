// What smart plugs say of the power that goes through them, by HTTP and by MQTT. Pure.

/** Tasmota, `Status 10` (HTTP) and `tele/NAME/SENSOR` (MQTT): `ENERGY.Power` in watts. */
export function tasmotaWatts(text: string): number | undefined {
  const answer = asObject(parse(text))
  const sensors = asObject(answer?.StatusSNS) ?? answer
  const power = asObject(sensors?.ENERGY)?.Power
  // One figure a phase on plugs that have several.
  if (Array.isArray(power)) {
    const phases = power.filter((each) => typeof each === 'number')
    return phases.length === power.length && phases.length > 0
      ? phases.reduce((sum, each) => sum + each, 0)
      : undefined
  }
  return asWatts(power)
}

/** Shelly of the first generation: `/meter/0` has `power`; of the second: `Switch.GetStatus` has `apower`. By MQTT the first says a bare number. */
export function shellyWatts(text: string): number | undefined {
  const value = parse(text)
  if (typeof value === 'number') return asWatts(value)
  const answer = asObject(value)
  const status = asObject(answer?.params) ?? answer
  const inner = asObject(status?.['switch:0']) ?? status
  return asWatts(inner?.apower ?? inner?.power)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined
}

function asWatts(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}
