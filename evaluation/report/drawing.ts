// Panels as they are shown: SVG that fills the width of its place; those beside one another begin their plots at one height.
import { escapeMarkup } from './html.ts'
import { panelWidth } from './panel-spec.ts'

export interface Drawing {
  /** One `svg` element that fills the width it is given. */
  readonly svg: string
  readonly width: number
  readonly height: number
}

export interface PlainDrawing {
  /** As Vega made it. */
  readonly svg: string
  /** For who does not see it. */
  readonly label: string
}

/** Of the title, below the upper edge. */
const titleTop = 6.5

const rootPattern = /(<g fill="none"[^>]* transform="translate\([\d.-]+,)([\d.-]+)(?=\)">)/
const titlePattern = /(role-title"><g transform="translate\([\d.-]+,)([\d.-]+)(?=\)">)/

/**
 * Titles and legends take more room in one panel than in another, and Vega, which fits a plot into what they leave, may put a title above the
 * edge: each plot begins where the lowest of them does, with its legend above it, and each title is at the top.
 */
export function alignPlots(row: readonly PlainDrawing[]): readonly Drawing[] {
  const top = Math.max(
    ...row.map(({ svg }) => Math.max(at(rootPattern, svg), titleTop - at(titlePattern, svg))),
  )
  return row.map(({ svg, label }) => {
    const [, width = String(panelWidth), height = '0'] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? []
    return sized({
      body: svg
        .replace(/^[\s\S]*?<svg[^>]*>\s*(<rect [^>]*\/>)?/, '')
        .replace(rootPattern, `$1${top}`)
        .replace(titlePattern, `$1${titleTop - top}`),
      width: Number(width),
      height: Number(height) + top - at(rootPattern, svg),
      label,
    })
  })
}

function at(pattern: RegExp, svg: string): number {
  return Number(pattern.exec(svg)?.[2] ?? 0)
}

/** Two decimals of a unit are finer than a screen shows. */
function sized(parts: {
  readonly body: string
  readonly width: number
  readonly height: number
  readonly label: string
}): Drawing {
  const { body, width, height, label } = parts
  const opening = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeMarkup(label)}"><rect width="${width}" height="${height}" fill="#ffffff"/>`
  const rounded = body.replace(/(?<=[ ,"(MLHVAZ])-?\d+\.\d{3,}(?=[ ,")MLHVAZ])/g, (number) =>
    String(Number(Number(number).toFixed(2))),
  )
  return { svg: `${opening}${rounded}`, width, height }
}
