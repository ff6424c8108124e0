// Colours, marks and letters of every figure: told apart by colour-blind readers, and in grey print by lightness, shape and dash.

/** Tol's "high-contrast" for up to three series, his "medium-contrast" beyond: both keep their order in grey (Paul Tol, SRON/EPS/TN/09-002). */
const highContrast = ['#004488', '#DDAA33', '#BB5566'] as const
const mediumContrast = [
  '#004488',
  '#EECC66',
  '#994455',
  '#6699CC',
  '#EE99AA',
  '#997700',
  '#222222',
  '#BBBBBB',
] as const

/** For thin lines on white, where his pale yellow is hard to see. */
const lineContrast = ['#004488', '#997700', '#BB5566', '#6699CC', '#222222', '#EE99AA'] as const

const shapes = [
  'circle',
  'square',
  'triangle-up',
  'diamond',
  'cross',
  'triangle-down',
  'triangle-right',
] as const
const dashes = [
  [1, 0],
  [8, 3],
  [2, 2],
  [8, 3, 2, 3],
  [12, 4],
  [4, 4],
] as const

/** Light, middle, dark: parts of a bar stand on one another and must differ from their neighbours first. */
export function colours(count: number): readonly string[] {
  return repeat(count <= highContrast.length ? highContrast : mediumContrast, count)
}

export function lineColours(count: number): readonly string[] {
  return repeat(count <= highContrast.length ? highContrast : lineContrast, count)
}

export function markShapes(count: number): readonly string[] {
  return repeat(shapes, count)
}

export function lineDashes(count: number): readonly (readonly number[])[] {
  return repeat(dashes, count)
}

export const ink = '#1b1b1b'
export const faint = '#d9d9d9'

/** Metric-compatible on every system: Arial, or Liberation Sans and Helvetica in its place. */
export const font = 'Arial, "Liberation Sans", Helvetica, sans-serif'

function repeat<T>(items: readonly T[], count: number): readonly T[] {
  return Array.from({ length: count }, (_, index) => items[index % items.length] as T)
}
