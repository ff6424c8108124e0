// A figure as data becomes SVG, without a browser: each panel for itself, and all of a figure in one file.
import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import { barsSpec, stackSpec } from './bars-spec.ts'
import { alignPlots, type Drawing, type PlainDrawing } from './drawing.ts'
import { type Figure, originsOfPanel, type Panel } from './figure.ts'
import { escapeMarkup } from './html.ts'
import { linesSpec } from './lines-spec.ts'
import { beyondText } from './long-tail.ts'
import { formatCount } from './number-text.ts'
import { font, ink } from './palette.ts'
import { config, type PanelText, type Part, titlePart, wrap } from './panel-spec.ts'
import { useTextWidths } from './text-width.ts'

/** On a desk and on paper; on a phone each has a row of its own. */
const panelsInARow = 2

/** The panels of a figure, in order. The same bytes for the same figure. */
export async function drawPanels(figure: Figure): Promise<readonly Drawing[]> {
  const drawings: Drawing[] = []
  for (let first = 0; first < figure.panels.length; first += panelsInARow) {
    const row: PlainDrawing[] = []
    for (const panel of figure.panels.slice(first, first + panelsInARow)) {
      const origin = originsOfPanel(figure, panel).join(', ')
      row.push({ svg: await drawPanel(panel, { origin, count: countText(panel) }), label: panel.title })
    }
    drawings.push(...alignPlots(row))
  }
  return drawings
}

/** One file of a whole figure: its title, and its panels two in a row. Undefined where there is no panel. */
export function joinPanels(figure: Figure, panels: readonly Drawing[]): string | undefined {
  if (panels.length === 0) return undefined
  const columns = Math.min(panelsInARow, panels.length)
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

async function drawPanel(panel: Panel, text: PanelText): Promise<string> {
  const spec = {
    ...panelSpec(panel),
    title: titlePart(panel, text),
    autosize: { type: 'fit', contains: 'padding' },
    config,
  } as unknown as TopLevelSpec
  useTextWidths()
  const view = new View(parse(compile(spec).spec), { renderer: 'none' })
  try {
    return await view.toSVG()
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
  )} a bar${beyondText(panel)}`
}
