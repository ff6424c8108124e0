// The kinds of device that a board can carry, and how each is opened. A kind is the capability that the device gives.

/** How a line is requested: a digital output, a digital input, a pulse-width channel, a sensor that is asked for readings. */
export type OpenMode = 'output' | 'input' | 'pwm' | 'sensor'

export const openModes = Object.freeze({
  laser: 'output',
  'active-buzzer': 'output',
  'passive-buzzer': 'pwm',
  sound: 'input',
  flame: 'input',
  light: 'sensor',
  humidity: 'sensor',
} as const satisfies Readonly<Record<string, OpenMode>>)

export type Kind = keyof typeof openModes

export const kinds = Object.freeze(Object.keys(openModes) as Kind[])

/** A digital level. */
export type Level = 0 | 1
