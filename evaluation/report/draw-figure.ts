// A figure as data becomes SVG, without a browser: each panel for itself, and all of a figure in one file.
import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import { barsSpec, stackSpec } from './bars-spec.ts'
import type { Figure, Panel } from './figure.ts'
import { escapeMarkup } from './html.ts'
import { linesSpec } from './lines-spec.ts'
import { formatCount } from './number-text.ts'
import { font, ink } from './palette.ts'
import { config, type PanelText, type Part, panelWidth, titlePart, wrap } from './panel-spec.ts'

export interface Drawing {
  /** One `svg` element that fills the width it is given. */
  readonly svg: string
  readonly width: number
  readonly height: number
}

/** The panels of a figure, in order. The same bytes for the same figure. */
export async function drawPanels(figure: Figure): Promise<readonly Drawing[]> {
  const drawings: Drawing[] = []
  for (const panel of figure.panels) {
    drawings.push(await drawPanel(panel, { origin: figure.origins.join(', '), count: countText(panel) }))
  }
  return drawings
}

/** One file of a whole figure: its title, and its panels two in a row. Undefined where there is no panel. */
export function joinPanels(figure: Figure, panels: readonly Drawing[]): string | undefined {
  if (panels.length === 0) return undefined
  const columns = Math.min(2, panels.length)
  const width = Math.max(...panels.map((panel) => panel.width))
  const lines = wrap(`${figure.paper}: ${figure.title}`, columns * 38)
  let top = 14 + lines.length * 22
  const placed: string[] = []
  for (let first = 0; first < panels.length; first += columns) {
    const row = panels.slice(first, first + columns)
    placed.push(
      ...row.map(({ svg }, column) => svg.replace('<svg ', `<svg x="${column * width}" y="${top}" `)),
    )
    top += Math.max(...row.map(({ height }) => height))
  }
  const heading = lines.map(
    (line, index) => `<text x="8" y="${24 + index * 22}">${escapeMarkup(line)}</text>`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${columns * width} ${top}" width="${columns * width}" height="${top}">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<g font-family="${escapeMarkup(font)}" font-size="17" font-weight="bold" fill="${ink}">${heading.join('')}</g>`,
    ...placed,
    '</svg>\n',
  ].join('\n')
}

async function drawPanel(panel: Panel, text: PanelText): Promise<Drawing> {
  const spec = {
    ...panelSpec(panel),
    title: titlePart(panel, text),
    autosize: { type: 'fit', contains: 'padding' },
    config,
  } as unknown as TopLevelSpec
  const view = new View(parse(compile(spec).spec), { renderer: 'none' })
  try {
    return sized(await view.toSVG(), panel)
  } finally {
    view.finalize()
  }
}

function panelSpec(panel: Panel): Part {
  switch (panel.kind) {
    case 'bars':
      return barsSpec(panel)
    case 'stack':
      return stackSpec(panel)
    case 'lines':
      return linesSpec(panel)
  }
}

/** Fills the width of its place; two decimals of a unit are finer than a screen shows. */
function sized(svg: string, panel: Panel): Drawing {
  const [, width = String(panelWidth), height = '0'] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? []
  const opening = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeMarkup(panel.title)}">`
  const body = svg
    .replace(/^[\s\S]*?<svg[^>]*>/, opening)
    .replace(/(?<=[ ,"(MLHVAZ])-?\d+\.\d{3,}(?=[ ,")MLHVAZ])/g, (number) =>
      String(Number(Number(number).toFixed(2))),
    )
  return { svg: body, width: Number(width), height: Number(height) }
}

/** How many values stand behind what is seen. */
function countText(panel: Panel): string {
  if (panel.kind === 'lines') {
    return `${formatCount(
      panel.lines.map(({ points }) => points.length),
      panel.isStep ? 'value' : 'point',
    )} a line`
  }
  return `${formatCount(
    panel.bars.map(({ values }) => values.length),
    'value',
  )} a bar`
}
