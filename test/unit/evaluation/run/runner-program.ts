// A process that measures, for tests that kill it or fill its disk: node runner-program.ts FOLDER CELLS RECORDS BYTES
// Goes on where a run is there already. Says on its output what it does, a line each.
import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { runCampaign } from '../../../../evaluation/run/run-campaign.ts'
import { RunFolder } from '../../../../evaluation/run/run-folder.ts'
import { renderError, ShoalError } from '../../../../src/model/errors.ts'
import { aCampaign, SmallStages, someFacts } from './small-parts.ts'
import { wordyScenario } from './wordy-scenario.ts'

const [path = '', ...numbers] = process.argv.slice(2)
const [cells = 0, records = 0, bytes = 0] = numbers.map(Number)
const say = (line: string) => process.stdout.write(`${line}\n`)

const scenario = wordyScenario(cells, async (emit) => {
  for (let index = 0; index < records; index++) {
    emit({ type: 'value', index, text: 'x'.repeat(bytes) })
    await delay(1)
  }
})
const campaign = aCampaign(scenario)

try {
  const folder = existsSync(path)
    ? RunFolder.resume(path, someFacts())
    : RunFolder.create(path, someFacts(), campaign)
  try {
    const { done } = await runCampaign({
      campaign,
      folder,
      stages: new SmallStages(),
      signal: new AbortController().signal,
      now: () => performance.now(),
      wallMs: Date.now,
      watcher: {
        say,
        cellBegins: ({ id }) => say(`begins ${id}`),
        cellEnds: ({ id }, { state }) => say(`${state} ${id}`),
      },
    })
    say(`ended with ${done} done`)
  } finally {
    folder.close()
  }
} catch (error) {
  say(error instanceof ShoalError ? renderError(error) : String(error))
  process.exitCode = 1
}
