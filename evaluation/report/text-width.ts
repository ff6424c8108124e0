// How wide texts are. Vega without a canvas takes every letter for 0.8 of its height: too wide, so that it leaves room where nothing is, and lays out titles that it thinks too long anew.
import * as vega from 'vega'

/** Of DejaVu Sans, the widest that may stand in for Arial, in parts of the letters' height. */
const widths = [
  { letters: /[ijlIJft!r ,.;:·’'|/\\()[\]-]/, width: 0.37 },
  { letters: /[mMW@%#+<=>^~−]/, width: 0.95 },
  { letters: /[ABCDGHKNOQRUVXZ&w]/, width: 0.75 },
] as const
const usualWidth = 0.62
/** Bold to plain. */
const boldRatio = 1.13
/** Vega's own. */
const usualSize = 11

interface TextItem {
  readonly fontSize?: number
  readonly fontWeight?: string | number
}

/** For every drawing of this process from now on; Vega reads this function where one is set (vega-scenegraph, util/text.js), but its types do not tell. */
export function useTextWidths(): void {
  const { textMetrics } = vega as unknown as {
    readonly textMetrics: { width: (item: TextItem, text: unknown) => number }
  }
  textMetrics.width = widthOf
}

/** In units of the drawing. */
export function widthOf({ fontSize = usualSize, fontWeight }: TextItem, text: unknown): number {
  const letters = [...String(text ?? '').trim()]
  const sum = letters.reduce(
    (total, letter) => total + (widths.find((each) => each.letters.test(letter))?.width ?? usualWidth),
    0,
  )
  return sum * fontSize * (fontWeight === 'bold' ? boldRatio : 1)
}
