import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CampaignChoice, chooseCampaign } from '../../../../evaluation/campaign/choose-campaign.ts'
import { campaignFitter } from '../../../../evaluation/campaign/fit-campaign.ts'
import { evaluateCommand } from '../../../../evaluation/evaluate-command.ts'
import { parseInventory } from '../../../../evaluation/hosts/inventory.ts'
import { realStages } from '../../../../evaluation/hosts/real-stages.ts'
import { planCells } from '../../../../evaluation/run/plan-cells.ts'
import { scenarios } from '../../../../evaluation/scenarios/all.ts'
import { run } from '../../../../src/cli/run.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-fit-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const aFile = (text: string): string => {
  const path = join(folder, 'mine.yaml')
  writeFileSync(path, text)
  return path
}

/** A person with three Raspberry Pis and a laptop. */
const threeText = `hosts:
- {name: laptop, role: client, local: true, address: 10.0.0.10}
- {name: gateway, role: manager, address: 10.0.0.1}
- {name: board1, role: worker, address: 10.0.0.11}
- {name: board2, role: worker, address: 10.0.0.12}
`
const three = parseInventory(threeText, 'hosts.yaml')

function fitted(choice: CampaignChoice, inventory = three) {
  const lines: string[] = []
  const campaign = chooseCampaign(
    choice,
    scenarios,
    campaignFitter(inventory, (line) => lines.push(line)),
  )
  const check = () => realStages(inventory, {}).check(planCells(campaign).map(({ need }) => need))
  const settings = Object.fromEntries(
    campaign.scenarios.map(({ scenario, settings: own }) => [
      scenario.name,
      own as { readonly links?: readonly string[]; readonly workers?: readonly number[] },
    ]),
  )
  return { lines: lines.join('\n'), settings, check }
}

describe('a campaign for real hosts', () => {
  it.each([{}, { quick: true }] as const)(
    'keeps of Shoal’s own (%j) what they can give, and tells the rest',
    (choice) => {
      const { settings, check, lines } = fitted(choice)
      expect(check).not.toThrow()
      expect(Object.keys(settings)).toEqual(
        scenarios.map(({ name }) => name).filter((name) => name !== 'sensing'),
      )
      expect(settings['device-scale']?.workers).toEqual([1, 2])
      for (const { links } of Object.values(settings)) expect(links).toEqual(['ethernet'])
      expect(lines).toMatch(/^left out, as the hosts of hosts\.yaml cannot give it:\n/)
      expect(lines).toContain(
        '\n  sensing (devices at the first worker: board1 has no "devices: true" in hosts.yaml)',
      )
    },
  )

  it('tells which links and numbers of workers are left out, and why', () => {
    const { lines } = fitted({})
    expect(lines).toContain('\n  device-scale: workers 4, 8 (4 workers: hosts.yaml has 2, board1, board2)')
    expect(lines).toMatch(/\n {2}activation: links wlan, direct \(link wlan, .*no address on it has/)
  })

  it('keeps what a file asks for by name, so that it is refused', () => {
    const links = fitted({ file: aFile('links: [ethernet, wlan]\nscenarios: {idle: , device-scale: }') })
    expect(links.settings.idle?.links).toEqual(['ethernet', 'wlan'])
    expect(links.check).toThrow(/link wlan/)
    const workers = fitted({ file: aFile('scenarios: {device-scale: {workers: [1, 8]}}') })
    expect(workers.check).toThrow(/8 workers: hosts\.yaml has 2/)
    expect(fitted({ file: aFile('scenarios: {sensing: }') }).check).toThrow(/devices at the first worker/)
  })

  it('keeps a scenario that the command line names, and refuses what has nothing left', () => {
    expect(fitted({ scenario: ['sensing'] }).check).toThrow(/devices at the first worker/)
    expect(fitted({ file: aFile('links: [wlan]') }).check).toThrow(/link wlan/)
  })

  it('leaves out no scenario that a file’s links leave something', () => {
    const { settings, check } = fitted({ file: aFile('links: [ethernet]\nrepetitions: 2') })
    expect(check).not.toThrow()
    expect(Object.keys(settings)).not.toContain('sensing')
    expect(Object.keys(settings)).toContain('activation')
  })

  it('is what shoal evaluate --inventory measures', async () => {
    const hosts = join(folder, 'hosts.yaml')
    writeFileSync(hosts, threeText)
    const written = { out: '', err: '' }
    const io = {
      out: (text: string) => {
        written.out += text
      },
      err: (text: string) => {
        written.err += text
      },
      isTerminal: false,
      env: {},
      signal: AbortSignal.abort('SIGINT'),
    }
    const commands = { evaluate: { summary: '', load: async () => evaluateCommand } }
    const exitCode = await run(commands, ['evaluate', '--dry-run', '--inventory', hosts], io, '0.0.0')
    expect(exitCode, written.err).toBe(0)
    expect(written.err).toContain('device-scale: workers 4, 8 (4 workers: ')
    expect(written.out).toMatch(/^device-scale .*\n(?:.*\n)*? +.*workers: 1, 2 *$/m)
  })

  it('is left as it is where they can give all of it', () => {
    const everything = parseInventory(
      `hosts:
- {name: laptop, role: client, local: true, address: 10.0.0.10, links: [ethernet, wlan, direct]}
- {name: gateway, role: manager, address: 10.0.0.1, links: [ethernet, wlan, direct]}
${[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `- {name: board${n}, role: worker, address: 10.0.0.1${n}, links: [ethernet, wlan, direct], devices: true}`).join('\n')}
`,
      'hosts.yaml',
    )
    const { lines, settings } = fitted({}, everything)
    expect(lines).toBe('')
    expect(settings).toEqual(
      Object.fromEntries(
        chooseCampaign({}, scenarios).scenarios.map((each) => [each.scenario.name, each.settings]),
      ),
    )
  })
})
