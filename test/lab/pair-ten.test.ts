// Ten devices at once, each with an sshd as Debian sets it up: default MaxStartups and MaxSessions.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PairLab } from './pair-lab.ts'
import { importTinyImage } from './tiny-image.ts'

const devices = Array.from({ length: 10 }, (_, index) => `edge${index + 1}`)
const targets = devices.map((device) => `root@${device}`)

let pair: PairLab
beforeAll(async () => {
  pair = await PairLab.up('pair-ten', { devices })
})
afterAll(() => pair?.down())

describe('ten devices', () => {
  it('each get an instance by one command, image and all', async () => {
    // A small image, in the client's own Engine: ten times a big one would measure the client's cable.
    await importTinyImage(pair.client)
    const file = pair.compose('ten', 's: {image: "tiny", init: true, command: ["sleep", "600"]}')
    const instances = await pair.run(...targets, file, '--replicas', '10')
    expect(instances.map(({ device }) => device)).toEqual(targets)
    expect(instances.filter(({ phasesMs }) => (phasesMs.send ?? 0) === 0)).toEqual([])
  })

  it('are listed and cleared by one command each', async () => {
    const { instances } = JSON.parse(await pair.must('pair', 'ps', ...targets, '--json')) as {
      instances: { state: string }[]
    }
    expect(instances.map(({ state }) => state)).toEqual(devices.map(() => 'running'))
    const removed = await pair.must('pair', 'rm', ...targets, 'ten')
    expect(removed.trim().split('\n').length).toBe(10)
    expect(await Promise.all(devices.map((device) => pair.leftOn(device)))).toEqual(
      devices.map(() => ['image tiny:latest']),
    )
  })

  it('are one sshd’s ten connections as well, all begun at once', async () => {
    // Ten names of one machine: its sshd sees ten log-ins in the same moment, as its default MaxStartups 10:30:100 allows.
    await pair.client.exec([
      'sh',
      '-c',
      `for n in $(seq 10); do echo "${pair.host('edge1').address} name$n"; done >> /etc/hosts`,
    ])
    await pair.client.exec([
      'sh',
      '-c',
      'for n in $(seq 10); do sed -n "/^edge1,/s/^[^ ]*/name$n/p" /root/.ssh/known_hosts; done > /root/names',
    ])
    await pair.client.exec(['sh', '-c', 'cat /root/names >> /root/.ssh/known_hosts'])
    const names = Array.from({ length: 10 }, (_, index) => `root@name${index + 1}`)
    const { instances } = JSON.parse(await pair.must('pair', 'ps', ...names, '--json')) as {
      instances: unknown[]
    }
    expect(instances).toEqual([])
  })
})
