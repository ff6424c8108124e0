import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Judgement } from '../../evaluation/claims/claim.ts'
import { verdicts } from '../../evaluation/claims/claim.ts'
import { summarise } from '../../evaluation/report/summarise.ts'
import { renderReport } from '../../evaluation/report/write-report.ts'
import { aCell, anOutcome, aRun, aScenario } from '../unit/evaluation/report/a-run.ts'
import { someFigures } from '../unit/evaluation/report/some-figures.ts'
import { Browser } from './browser.ts'

/** Kept after the test for whoever wants to look; ignored by git. */
const artefacts = join(import.meta.dirname, '../../.cache/report-page')

/** `SHOAL_REPORT_PAGE` looks at a report that is there, in place of one with every form of figure. */
const given = process.env.SHOAL_REPORT_PAGE

const sizes = [
  ['phone', 360, 780],
  ['tablet', 768, 1024],
  ['desk', 1280, 900],
] as const

let folder = ''
let page = given ?? ''
const browser = new Browser()

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-report-page-'))
  mkdirSync(artefacts, { recursive: true })
  if (given === undefined) {
    page = join(folder, 'report.html')
    writeFileSync(page, (await renderReport(someSummary())).get('report.html') ?? '')
  }
  await browser.start()
})

afterAll(async () => {
  await browser.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('the page of a report in a browser', () => {
  it.each(sizes)('is whole on a %s, %d px wide', async (name, width, height) => {
    await browser.open(page, width, height)
    await screenshot(name)
    expect(complaints()).toEqual([])
    expect(requests()).toEqual([`file://${page}`])
    expect(await browser.evaluate('document.documentElement.scrollWidth')).toBe(width)
    expect(await browser.evaluate(tooWide)).toEqual([])
    const heights = (await browser.evaluate(panelSizes)) as readonly { width: number; height: number }[]
    expect(heights.length).toBeGreaterThan(given === undefined ? 9 : 0)
    for (const panel of heights) {
      expect(panel.height).toBeGreaterThan(150)
      expect(panel.width).toBeGreaterThan(Math.min(width * 0.8, 380))
    }
    const labels = (await browser.evaluate(smallestLetters)) as number
    // Of the figures' own letters, as they come out on the screen.
    expect(labels).toBeGreaterThanOrEqual(9.5)
  })

  it('tells every verdict by a word that can be seen', async () => {
    await browser.open(page, 360, 780)
    const seen = (await browser.evaluate(
      '[...document.querySelectorAll(".claim .verdict")].filter((e) => e.checkVisibility() && e.offsetHeight > 10).map((e) => e.innerText)',
    )) as readonly string[]
    expect(seen).toHaveLength(
      (await browser.evaluate('document.querySelectorAll(".claim").length')) as number,
    )
    for (const text of seen) expect(verdicts.some((verdict) => text.endsWith(verdict))).toBe(true)
  })

  it('keeps the letters and lines of a figure within it', async () => {
    await browser.open(page, 1280, 900)
    expect(await browser.evaluate(outsideOfFigure)).toEqual([])
  })

  it('can be read in dark mode, its figures on white', async () => {
    await browser.send('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value: 'dark' }],
    })
    await browser.open(page, 360, 780)
    await screenshot('phone-dark')
    const colour = (selector: string) =>
      browser.evaluate(
        `getComputedStyle(document.querySelector(${JSON.stringify(selector)})).backgroundColor`,
      )
    expect(await colour('body')).toBe('rgb(21, 23, 26)')
    expect(await colour('.panel')).toBe('rgb(255, 255, 255)')
    await browser.send('Emulation.setEmulatedMedia', { features: [] })
  })

  it('shows on paper what is folded on the screen, and splits no figure', async () => {
    await browser.open(page, 794, 1123)
    await browser.send('Emulation.setEmulatedMedia', { media: 'print' })
    const countHidden = () =>
      browser.evaluate(
        '[...document.querySelectorAll("details td")].filter((cell) => cell.textContent !== "" && !cell.checkVisibility({ contentVisibilityAuto: true })).length',
      )
    // What a closed part holds is laid out with the next frame.
    await vi.waitFor(async () => expect(await countHidden()).toBe(0), { timeout: 10_000 })
    expect(
      await browser.evaluate(
        '[...document.querySelectorAll(".panel")].every((panel) => getComputedStyle(panel).breakInside === "avoid")',
      ),
    ).toBe(true)
    await browser.send('Emulation.setEmulatedMedia', { media: '' })
    const { data } = await browser.send('Page.printToPDF', {
      printBackground: false,
      preferCSSPageSize: true,
    })
    const pdf = Buffer.from(String(data), 'base64')
    writeFileSync(join(artefacts, 'report.pdf'), pdf)
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0
    expect(pages).toBeGreaterThan(given === undefined ? 4 : 1)
    expect(pages).toBeLessThan(60)
  })
})

async function screenshot(name: string): Promise<void> {
  const { data } = await browser.send('Page.captureScreenshot', { captureBeyondViewport: true })
  writeFileSync(join(artefacts, `${name}.png`), Buffer.from(String(data), 'base64'))
}

/** Errors and warnings of the page, and exceptions in it. */
function complaints(): readonly unknown[] {
  return browser.events.filter(
    ({ method }) =>
      method === 'Runtime.exceptionThrown' ||
      method === 'Runtime.consoleAPICalled' ||
      method === 'Log.entryAdded',
  )
}

function requests(): readonly unknown[] {
  return browser.events
    .filter(({ method }) => method === 'Network.requestWillBeSent')
    .map(({ params }) => (params.request as { readonly url: string }).url)
}

/** What is wider than the page and does not scroll in itself. */
const tooWide = `[...document.querySelectorAll('main *')]
  .filter((e) => !e.closest('svg, .scroll') && e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
  .map((e) => e.outerHTML.slice(0, 80))`

const panelSizes = `[...document.querySelectorAll('.panel svg')].map((svg) => {
  const { width, height } = svg.getBoundingClientRect()
  return { width, height }
})`

const smallestLetters = `Math.min(...[...document.querySelectorAll('.panel svg')].flatMap((svg) =>
  [...svg.querySelectorAll('text')].map((text) => parseFloat(getComputedStyle(text).fontSize) * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width)))`

const outsideOfFigure = `[...document.querySelectorAll('.panel svg')].flatMap((svg) => {
  const box = svg.getBoundingClientRect()
  return [...svg.querySelectorAll('text, path, line')]
    .filter((e) => {
      const { fill, stroke } = getComputedStyle(e)
      if (fill === 'none' && stroke === 'none') return false
      const { left, right, top, bottom, width, height } = e.getBoundingClientRect()
      return width + height > 0 && (left < box.left - 1 || right > box.right + 1 || top < box.top - 1 || bottom > box.bottom + 1)
    })
    .map((e) => svg.getAttribute('aria-label') + ': ' + (e.textContent || e.outerHTML.slice(0, 120)))
})`

function someSummary() {
  const cells = [
    { cell: aCell('idle/1'), outcome: anOutcome('idle/1') },
    {
      cell: aCell('idle/2', 2),
      outcome: anOutcome('idle/2', {
        state: 'failed',
        reason: `w1 does not answer: ${'ssh://'.repeat(30)}`,
        clockStepMs: 5000,
      }),
    },
    { cell: aCell(`idle/${'a-long-name/'.repeat(6)}3`, 3), outcome: undefined },
  ]
  const scenario = aScenario(() => someFigures())
  return { ...summarise([aRun({ cells, scenario })], []), judgements: verdicts.map(aJudgement) }
}

function aJudgement(verdict: Judgement['verdict'], index: number): Judgement {
  return {
    id: `claim-${index}`,
    paper: '§V.B, Fig. 5',
    statement:
      'A request to a service in a container takes no noticeably longer than one to it run natively.',
    test: 'two one-sided tests at 5 %: the ratio of the means is between 0.9 and 1.1, for each operation, size, link',
    verdict,
    reason:
      'In all 18 comparisons; the least clear one: mergesort, 1000 integers, wlan: 1.04 times (0.98 to 1.11).',
    comparisons: Array.from({ length: 6 }, (_, at) => ({
      name: `mergesort, ${at + 1}000 integers, wlan`,
      effect: { value: 1.04, low: 0.98, high: 1.11, count: 10 },
      effectUnit: 'times',
      verdict,
    })),
    origins: ['emulated', 'modelled'],
  }
}
