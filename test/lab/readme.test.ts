import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const readme = readFileSync(`${root}README.md`, 'utf8')

/** Commands with a test of their own: the demo below, and this very run. */
const elsewhere = ['npm run demo', 'npm test']

const commands = [...readme.matchAll(/^```sh\n([\s\S]*?)^```$/gm)]
  .flatMap(([, block = '']) => block.trim().split('\n'))
  .filter((command) => !elsewhere.includes(command))

/** What a reader would take from the output of a command, by a part of the command. */
const expected: readonly (readonly [part: string, output: RegExp])[] = [
  ['coap put coap://worker1/average', /^3$/m],
  ['mergesort', /\[1,2,3\]/],
  ['pair run root@worker1 examples', /coap:\/\/\S+:5683/],
  ['pair ps', /hello\/compute\.2\s+root@worker2/],
  ['pair logs', /answers CoAP/],
  ['manager start', /^shoal worker join --token shoal1\./m],
  ['worker join', /worker[12] .*is a worker of coap:/],
  ['-m post coap://manager', /"endpoint":"coap:/],
  ['shoal ps', /hello.*answering/],
  ['shoal nodes', /worker2.*ready/],
  ['shoal explain', /can run on/],
  ['worker inventory', /climate-1 +humidity +simulated +no +present/],
  ['deploy examples/greenhouse', /climate +2\/2 /],
  ['shoal devices', /worker2 +climate-1 +humidity +present +greenhouse\/climate\.[12]/],
  ['notls coap://manager/s/greenhouse/laser', /"n":"laser","vb":true/],
  ['sleep 5', /worker1 +laser-1 +laser +absent/],
  ['explain greenhouse', /worker1 +cannot: laser laser-1 is absent/],
  ['manager stop', /stopped/],
  ['evaluate --dry-run', /Fig\. 10[\s\S]*cells on \d+ stages take about/],
  ['lab status', /worker2 +10\.77\.0\.3 +on/],
  ['lab down', /is down/],
]

async function run(command: string): Promise<string> {
  const { stdout } = await promisify(execFile)('sh', ['-c', command], { cwd: root, timeout: 170_000 })
  return stdout
}

describe('README', () => {
  afterAll(async () => void (await run('bin/shoal lab down')))

  it('has the commands that this test knows outputs of', () => {
    for (const [part] of expected)
      expect(commands.filter((command) => command.includes(part))).not.toEqual([])
  })

  it.each(commands)('%s', { timeout: 180_000 }, async (command) => {
    const output = await run(command)
    for (const [part, pattern] of expected) if (command.includes(part)) expect(output).toMatch(pattern)
  })

  it('links to files that exist', () => {
    const links = [...readme.matchAll(/\]\(([^)#]+)/g)].map(([, link = '']) => link)
    expect(links.length).toBeGreaterThan(8)
    expect(links.filter((link) => !existsSync(`${root}${link}`))).toEqual([])
  })
})
