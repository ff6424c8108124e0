import { expect, it } from 'vitest'
import { readEngineArguments } from '../../../src/worker/engine-process.ts'

it('finds the configuration where the Engine’s command line puts it', () => {
  const usual = '/etc/docker/daemon.json'
  expect(readEngineArguments(['dockerd', '-H', 'fd://']).configFile).toBe(usual)
  expect(readEngineArguments(['dockerd', '--config-file', '/snap/d.json']).configFile).toBe('/snap/d.json')
  expect(readEngineArguments(['dockerd', '--config-file=/snap/d.json']).configFile).toBe('/snap/d.json')
})

it('sees labels on the Engine’s command line', () => {
  expect(readEngineArguments(['dockerd', '--label=zone=field']).hasLabelFlags).toBe(true)
  expect(readEngineArguments(['dockerd', '--label', 'zone=field']).hasLabelFlags).toBe(true)
  expect(readEngineArguments(['dockerd', '--log-level', 'info']).hasLabelFlags).toBe(false)
})
