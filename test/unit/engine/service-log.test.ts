import { describe, expect, it } from 'vitest'
import { readServiceLog, type ServiceLogLine } from '../../../src/engine/service-log.ts'

function aFrame(stream: number, text: string): Buffer {
  const head = Buffer.alloc(8)
  head[0] = stream
  head.writeUInt32BE(Buffer.byteLength(text), 4)
  return Buffer.concat([head, Buffer.from(text)])
}

async function read(...pieces: Buffer[]): Promise<ServiceLogLine[]> {
  const lines: ServiceLogLine[] = []
  for await (const line of readServiceLog(arriving(pieces))) lines.push(line)
  return lines
}

async function* arriving(pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces
}

const details = 'com.docker.swarm.node.id=n1,com.docker.swarm.service.id=s1,com.docker.swarm.task.id=t1'

describe('the log of a service', () => {
  it('has a time, a node and an instance on each line, in whatever pieces it comes', async () => {
    const bytes = aFrame(1, `2024-02-03T04:05:06.789012345Z ${details} hello  world\n`)
    const line = {
      ...{ stream: 'stdout', atMs: Date.UTC(2024, 1, 3, 4, 5, 6, 789), text: 'hello  world' },
      ...{ instanceId: 't1', nodeId: 'n1' },
    }
    expect(await read(bytes)).toEqual([line])
    expect(await read(bytes.subarray(0, 30), bytes.subarray(30))).toEqual([line])
  })

  it('keeps a line that is empty, and one that looks like its own head', async () => {
    const lines = await read(
      aFrame(2, `2024-02-03T04:05:06Z ${details} \n`),
      aFrame(1, `2024-02-03T04:05:06Z ${details} 2024-02-03T04:05:06Z ${details} x\n`),
    )
    expect(lines.map(({ text }) => text)).toEqual(['', `2024-02-03T04:05:06Z ${details} x`])
  })

  it('hands on what the Engine itself says, as nobody’s', async () => {
    const [line] = await read(aFrame(3, 'warning: incomplete log stream: node n2 is not available\n'))
    expect(line).toEqual({
      ...{ stream: 'stderr', atMs: undefined, instanceId: undefined, nodeId: undefined },
      text: 'warning: incomplete log stream: node n2 is not available',
    })
  })
})
