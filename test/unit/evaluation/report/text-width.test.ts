import { expect, it } from 'vitest'
import { widthOf } from '../../../../evaluation/report/text-width.ts'

// By the font's own table (hmtx of DejaVuSans.ttf), 13 units high.
it.each([
  ['container, Ethernet', 126],
  ['activation of the last (ms)', 167.6],
  ['CPU of all cores (%)', 128.4],
  ['1,400', 37.4],
])('takes “%s” for about as wide as DejaVu Sans is', (text, units) => {
  expect(Math.abs(widthOf({ fontSize: 13 }, text) / units - 1)).toBeLessThan(0.08)
})

it('takes bold for wider, and nothing for nothing', () => {
  expect(widthOf({ fontSize: 13, fontWeight: 'bold' }, 'power')).toBeGreaterThan(
    widthOf({ fontSize: 13 }, 'power'),
  )
  expect(widthOf({}, undefined)).toBe(0)
})
