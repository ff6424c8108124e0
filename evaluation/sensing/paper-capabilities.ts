// The paper's three actuators and four sensors, in its order (§V.A).

export const paperCapabilities = [
  'laser',
  'active-buzzer',
  'passive-buzzer',
  'sound',
  'light',
  'flame',
  'humidity',
] as const

export type PaperCapability = (typeof paperCapabilities)[number]
