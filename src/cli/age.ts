// How long ago something was, in the largest unit that says enough.

const units = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
  { name: 's', ms: 1000 },
] as const

/** `3 d`, `5 h`, `2 min`, `0 s`; a clock of the manager's that is ahead gives `0 s`. */
export function renderAge(sinceIso: string, nowMs: number): string {
  const ms = Math.max(0, nowMs - Date.parse(sinceIso))
  const unit = units.find((each) => ms >= each.ms) ?? { name: 's', ms: 1000 }
  return `${Math.floor(ms / unit.ms)} ${unit.name}`
}
