import { expect, it } from 'vitest'
import { deviceNews } from '../../../../src/manager/devices/device-news.ts'
import { anAbsentSensor, aSensor } from './a-garden.ts'

const nobody = (): readonly string[] => []
const lines = (...args: Parameters<typeof deviceNews>): readonly string[] =>
  deviceNews(...args).map(({ kind, subject, text }) => `${kind} ${subject}: ${text}`)

it('a device that goes is told with the reason and who holds it, and so is its return', () => {
  const holders = (id: string) => (id === 'a' ? ['garden/climate.1', 'garden/climate.1'] : [])
  const [there, gone] = [
    [aSensor('a'), aSensor('b')],
    [anAbsentSensor('a'), aSensor('b')],
  ]
  expect(lines('w1', there, gone, holders)).toEqual([
    'device-absent w1/a: humidity is absent: unplugged; claimed by garden/climate.1',
  ])
  expect(lines('w1', gone, there, nobody)).toEqual(['device-present w1/a: humidity is back'])
  expect(lines('w1', gone, gone, nobody)).toEqual([])
})

it('of a node that tells for the first time what is absent is news, and what is there is none', () => {
  expect(lines('w1', undefined, [aSensor('a'), anAbsentSensor('b')], nobody)).toEqual([
    'device-absent w1/b: humidity is absent: unplugged',
  ])
})

it('a device that comes to a node, or goes from its inventory, is told too', () => {
  expect(lines('w1', [], [aSensor('a')], nobody)).toEqual(['device-present w1/a: humidity is there'])
  expect(lines('w1', [aSensor('a'), anAbsentSensor('b')], [], nobody)).toEqual([
    'device-absent w1/a: humidity is absent: the node no longer knows it',
  ])
})
