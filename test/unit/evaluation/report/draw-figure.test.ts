import { describe, expect, it } from 'vitest'
import { drawnValues } from '../../../../evaluation/report/bars-spec.ts'
import { drawPanels, joinPanels } from '../../../../evaluation/report/draw-figure.ts'
import type { Figure, LinesPanel } from '../../../../evaluation/report/figure.ts'
import { markLabels } from '../../../../evaluation/report/lines-spec.ts'
import { hasLongTail } from '../../../../evaluation/report/long-tail.ts'
import { estimateMean } from '../../../../evaluation/statistics.ts'
import { bars, distribution, growth, someFigures, stack } from './some-figures.ts'

const [plain] = someFigures() as readonly [Figure]

async function draw(parts: Partial<Figure>): Promise<string> {
  const figure = { ...plain, ...parts }
  return joinPanels(figure, await drawPanels(figure)) ?? ''
}

describe('a drawn figure', () => {
  it.each(someFigures().filter(({ panels }) => panels.length > 0))(
    'says of $id where its numbers come from, its units and how many values there are',
    async (figure) => {
      const panels = await drawPanels(figure)
      expect(panels).toHaveLength(figure.panels.length)
      for (const [index, { svg, width, height }] of panels.entries()) {
        const unit = figure.panels[index]?.y.unit
        expect(svg).toContain(`${figure.origins[0]} · `)
        expect(svg).toMatch(/· \d+( to \d+)? (value|point)s? a (bar|line)/)
        expect(svg).toContain(`(${unit})`)
        expect(svg).not.toMatch(/NaN|undefined|Infinity/)
        expect(width).toBe(400)
        expect(height).toBeGreaterThan(200)
      }
    },
  )

  it('is the same every time', async () => {
    expect(await draw({})).toBe(await draw({}))
  })

  it('says of each panel where its own numbers come from', async () => {
    const power = { ...bars('power', ['a'], ['x'], 3, 'W'), origins: ['modelled'] as const }
    const [ofPower, ofCpu] = await drawPanels({
      ...plain,
      origins: ['modelled', 'emulated'],
      panels: [power, { ...bars('cpu', ['a'], ['x'], 3, '%'), origins: ['emulated'] }],
    })
    expect(ofPower?.svg).toContain('>modelled · 3 values')
    expect(ofCpu?.svg).toContain('>emulated · 3 values')
  })

  it('begins the plots of a row at one height, below titles that are within the panel', async () => {
    const long = 'a title that takes two lines of the panel, since it has so many words'
    const row = [
      bars(long, ['a', 'b'], ['x', 'y'], 3),
      stack(),
      bars('c', ['a'], ['x'], 3),
      distribution(['x']),
    ]
    const drawings = await drawPanels({ ...plain, panels: row })
    const tops = drawings.map(({ svg }) => {
      const [, plot] = /<g fill="none"[^>]*translate\([\d.]+,([\d.]+)\)/.exec(svg) ?? []
      const [, title] = /role-title"><g transform="translate\([\d.-]+,([\d.-]+)\)/.exec(svg) ?? []
      return { plot: Number(plot), title: Number(plot) + Number(title) }
    })
    expect(tops[0]?.plot).toBe(tops[1]?.plot)
    expect(tops[2]?.plot).toBe(tops[3]?.plot)
    for (const { title } of tops) expect(title).toBeCloseTo(6.5)
  })

  it('ends the axis of bars before a value far beyond them, and says so', async () => {
    const values = (last: number) => [8, 9, 10, 9, 8, 9, 10, 9, 8, last]
    const withLast = (last: number) => ({
      ...bars('wlan', ['a'], ['x'], 1),
      bars: [{ category: 'a', series: 'x', estimate: estimateMean(values(last)), values: values(last) }],
    })
    const svg = await draw({ panels: [withLast(3000)] })
    expect(svg).toMatch(/10 values a bar · 1 beyond the axis, up to<[\s\S]*>3,000 ms</)
    // The bar of 308 ms is 3/4 of it.
    expect(svg).toContain('>400<')
    expect(svg).not.toContain('>500<')
    expect(await draw({ panels: [withLast(12)] })).not.toContain('beyond')
  })

  it('names counts as they were taken, none between two of them', async () => {
    const two = {
      ...growth(),
      lines: [
        {
          name: 'wlan',
          points: [
            [1, 5],
            [2, 7],
          ] as const,
        },
      ],
    }
    const svg = await draw({ panels: [two] })
    expect(svg).toMatch(/>1<[\s\S]*>2</)
    expect(svg).not.toContain('>1.5<')
  })

  it('takes letters for as wide as they are, so that no title is laid out anew', async () => {
    const panel = { ...bars('a', ['a'], ['x'], 3), y: { title: 'activation of the last', unit: 'ms' } }
    const [drawing] = await drawPanels({ ...plain, panels: [panel] })
    expect(drawing?.height).toBe(300)
  })

  it('breaks the title of an axis that is longer than the axis', async () => {
    const panel = {
      ...bars('a', ['a'], ['x'], 3),
      y: { title: 'response time through the manager', unit: 'ms' },
    }
    expect(await draw({ panels: [panel] })).toContain('>response time through the<')
  })

  it('draws no interval below 0 where no value is', async () => {
    const panel = bars('few', ['a'], ['x'], 3)
    const withLow = (low: number) => ({
      ...panel,
      bars: panel.bars.map((bar) => ({ ...bar, estimate: { value: 5, low, high: 20, count: 3 } })),
    })
    const ofAll = [await draw({ panels: [withLow(-10)] }), await draw({ panels: [withLow(1)] })]
    // Whisker and both ends; the lower one is not there where it was cut off.
    expect(ofAll.map((svg) => svg.match(/<line [^>]*stroke="#1b1b1b"/g)?.length)).toEqual([2, 3])
    expect(ofAll[0]).not.toContain('>−')
  })

  it('shows a distribution with a long tail on a logarithmic axis, and says so', async () => {
    const withLast = (last: number): LinesPanel => ({
      ...distribution([]),
      lines: [{ name: 'wlan', points: [8, 9, 10, 11, last].map((ms, at) => [ms, (at + 1) * 20]) }],
    })
    expect(await draw({ panels: [withLast(3000)] })).toContain('response time (ms), logarithmic')
    expect(await draw({ panels: [withLast(30)] })).not.toContain('logarithmic')
    expect(hasLongTail([])).toBe(false)
    expect(hasLongTail([0, 1, 1, 3000])).toBe(false)
  })

  it('draws a bar without whiskers for a single value, and nothing for none', async () => {
    const whiskers = (svg: string) => svg.match(/<line [^>]*stroke="#1b1b1b"/g)?.length ?? 0
    const several = await draw({ panels: [bars('several', ['a'], ['x'], 5)] })
    const one = await draw({ panels: [bars('one', ['a'], ['x'], 1)] })
    const panel = bars('none', ['a'], ['x'], 1)
    const none = await draw({
      panels: [{ ...panel, bars: panel.bars.map((bar) => ({ ...bar, values: [] })) }],
    })
    expect([several, one, none].map(whiskers)).toEqual([3, 0, 0])
    expect(one).toContain('1 value a bar')
    expect(none).toContain('0 values a bar')
  })

  it('keeps names as text, whatever they are', async () => {
    const evil = '<script>"]+alert(1)+["</script>\\'
    const svg = await draw({ title: evil, panels: [bars(evil, [evil, 'b'], [evil, 'y'], 3)] })
    expect(svg).not.toContain('<script')
    expect(svg).toContain('&lt;script&gt;')
    expect(svg).toContain('alert(1)')
  })

  it('thins many raw values evenly, the least and the greatest among them', () => {
    const values = Array.from({ length: 1000 }, (_, index) => 999 - index)
    const drawn = drawnValues(values)
    expect(drawn).toHaveLength(24)
    expect([drawn[0], drawn.at(-1)]).toEqual([0, 999])
  })

  it('names a moment that comes again and again once, and joins names that would lie on one another', () => {
    const gets = [5, 10, 15].map((x) => ({ x, name: 'get' }))
    expect(markLabels([{ x: 4, name: 'put on' }, ...gets], 60)).toEqual([
      { x: 4, label: 'put on,\nget (3 times)' },
      { x: 5, label: '' },
      { x: 10, label: '' },
      { x: 15, label: '' },
    ])
  })
})
