import { get, type IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { deploymentLine } from '../../../../../src/model/api/deployment.ts'
import { ShoalError } from '../../../../../src/model/errors.ts'
import { until } from '../../../../until.ts'
import { type AManager, anEvent, compose, startedAtMs, withManager } from './a-manager.ts'

const session = startedAtMs.toString(36)

interface OpenStream {
  readonly answer: IncomingMessage
  text(): string
  close(): void
}

function open(url: string, headers: Record<string, string>): Promise<OpenStream> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (piece: string) => {
        text += piece
      })
      answer.on('error', () => {})
      resolve({ answer, text: () => text, close: () => request.destroy() })
    })
    request.on('error', reject)
  })
}

const asEvents = { accept: 'text/event-stream' }

/** `3 bed-1`: id and subject of each event. */
function eventsIn(text: string): string[] {
  return text
    .split('\n\n')
    .filter((block) => block.includes('data: '))
    .map((block) => {
      const { subject } = JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? '') as { subject: string }
      return `${/^id: (.*)$/m.exec(block)?.[1]} ${subject}`
    })
}

describe('events', () => {
  it('come as they happen, after those that are remembered', async () => {
    await withManager(async ({ url, events }) => {
      events.add(anEvent('one'))
      const stream = await open(`${url}/api/v1/events`, asEvents)
      await until('the first event', () => eventsIn(stream.text()).length === 1)
      events.add(anEvent('two'))
      await until('the second event', () => eventsIn(stream.text()).length === 2)
      expect(stream.text()).toMatch(/^: alive\n\n/)
      expect(eventsIn(stream.text())).toEqual([`${session}-1 one`, `${session}-2 two`])
      expect(stream.text()).toContain('event: node-joined\n')
      expect(stream.answer.headers).toMatchObject({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
      })
      stream.close()
    })
  })

  it('go on where a stream was cut off, and begin anew with another manager', async () => {
    await withManager(async ({ url, events }) => {
      for (const name of ['one', 'two', 'three']) events.add(anEvent(name))
      const again = await open(`${url}/api/v1/events`, { ...asEvents, 'last-event-id': `${session}-2` })
      await until('what was missed', () => eventsIn(again.text()).length > 0)
      expect(eventsIn(again.text())).toEqual([`${session}-3 three`])
      again.close()
      const foreign = await open(`${url}/api/v1/events`, { ...asEvents, 'last-event-id': 'older-900' })
      await until('all', () => eventsIn(foreign.text()).length === 3)
      foreign.close()
      const plain = await (await fetch(`${url}/api/v1/events?since=1`)).json()
      expect(plain).toMatchObject({ session, events: [{ subject: 'two' }, { subject: 'three' }] })
    })
  })

  it('are not heard any more for a client that has gone', async () => {
    let listeners = 0
    const log = { since: () => [] }
    const follow = () => {
      listeners += 1
      return () => {
        listeners -= 1
      }
    }
    await withManager(
      async ({ url }) => {
        const streams = await Promise.all([1, 2, 3].map(() => open(`${url}/api/v1/events`, asEvents)))
        await until('all to listen', () => listeners === 3)
        for (const stream of streams) stream.close()
        await until('none to listen', () => listeners === 0)
      },
      { events: { ...log, follow } },
    )
  })

  it('cut off a client that does not read, so that memory stays bounded', async () => {
    await withManager(async ({ url, events }) => {
      const stream = await open(`${url}/api/v1/events`, asEvents)
      stream.answer.pause()
      const long = 'x'.repeat(10_000)
      for (let burst = 0; burst < 40; burst++) {
        for (let each = 0; each < 100; each++) events.add({ ...anEvent('flood'), text: long })
        await new Promise((resolve) => setImmediate(resolve))
      }
      let hasEnded = false
      stream.answer.on('end', () => {
        hasEnded = true
      })
      stream.answer.resume()
      await until('the stream to end', () => hasEnded)
      expect(eventsIn(stream.text()).length).toBeLessThan(4000)
    })
  })

  it('end when the manager stops, which does not wait for them', async () => {
    let stream: OpenStream | undefined
    await withManager(async ({ url }) => {
      stream = await open(`${url}/api/v1/events`, asEvents)
    })
    await until('the stream to end', () => stream?.answer.readableEnded === true)
  })
})

function post(manager: AManager, body: object, signal?: AbortSignal): Promise<Response> {
  return fetch(`${manager.url}/api/v1/apps`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ compose, fileName: 'compose.yaml', ...body }),
    ...(signal === undefined ? {} : { signal }),
  })
}

async function linesOf(answer: Response) {
  return (await answer.text())
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => deploymentLine.parse(JSON.parse(line)))
}

describe('deployments', () => {
  it('tell the plan once, then how it goes, then how it ended', async () => {
    await withManager(async (manager) => {
      manager.deploy = async (_, { onProgress }) => onProgress?.('garden/climate answers')
      const answer = await post(manager, {})
      expect(answer.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8')
      expect(await linesOf(answer)).toMatchObject([
        { type: 'plan', plan: { application: 'garden', steps: [{ kind: 'create', service: 'climate' }] } },
        { type: 'progress', text: 'garden/climate answers' },
        { type: 'done', application: 'garden', changed: true, services: [{ service: 'climate' }] },
      ])
    })
  })

  it('end with the error that they met', async () => {
    await withManager(async (manager) => {
      manager.deploy = async () => {
        throw new ShoalError('UNPLACEABLE', { action: 'deploy', object: 'garden/climate', reason: 'no room' })
      }
      expect((await linesOf(await post(manager, {}))).at(-1)).toEqual({
        type: 'error',
        error: { code: 'UNPLACEABLE', action: 'deploy', object: 'garden/climate', reason: 'no room' },
      })
      manager.deploy = async () => {
        throw new TypeError('secret')
      }
      const last = (await linesOf(await post(manager, {}))).at(-1)
      expect(last).toMatchObject({ type: 'error', error: { code: 'INTERNAL' } })
      expect(JSON.stringify(last)).not.toContain('secret')
      expect(manager.bugs).toEqual([new TypeError('secret')])
    })
  })

  it('go on when their client goes away', async () => {
    await withManager(async (manager) => {
      let finish: () => void = () => {}
      let isAborted: boolean | undefined
      manager.deploy = (_, { signal }) =>
        new Promise((resolve) => {
          finish = () => {
            isAborted = signal.aborted
            resolve()
          }
        })
      const client = new AbortController()
      const answer = await post(manager, {}, client.signal)
      expect(answer.status).toBe(200)
      client.abort()
      await expect(answer.text()).rejects.toThrow()
      // Another request is answered after the first one's connection was closed.
      await fetch(`${manager.url}/api/v1/status`)
      finish()
      await until('the deployment to end', () => manager.calls.includes('deployed garden'))
      expect(isAborted).toBe(false)
    })
  })

  it('change nothing in a dry run', async () => {
    await withManager(async (manager) => {
      const answer = await post(manager, { dryRun: true })
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
      expect(await answer.json()).toMatchObject({
        application: 'garden',
        text: 'garden:\n  + create climate',
      })
      expect(manager.calls).toEqual([])
    })
  })
})

describe('logs', () => {
  it('are lines of text with the instance and its node in front', async () => {
    await withManager(async ({ url }) => {
      const answer = await fetch(`${url}/api/v1/services/garden/climate/logs`)
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
      expect(await answer.text()).toBe('climate.1@bed-1 | first\nclimate.1@bed-1 | second\n')
    })
  })

  it('are objects for a program, each with its stream and time', async () => {
    await withManager(async ({ url }) => {
      const answer = await fetch(`${url}/api/v1/services/garden/climate/logs`, {
        headers: { accept: 'application/x-ndjson' },
      })
      expect(
        (await answer.text())
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ).toEqual([
        {
          stream: 'stdout',
          at: '2026-01-02T03:04:05.000Z',
          instance: 'climate.1',
          node: 'bed-1',
          text: 'first',
        },
        {
          stream: 'stderr',
          at: '2026-01-02T03:04:05.000Z',
          instance: 'climate.1',
          node: 'bed-1',
          text: 'second',
        },
      ])
    })
  })

  it('are not read any further when their client goes away', async () => {
    await withManager(async (manager) => {
      let isAborted = false
      manager.logs = async function* (_, { signal, follow, tail }) {
        expect({ follow, tail }).toEqual({ follow: true, tail: 5 })
        yield { stream: 'stdout', atMs: undefined, instanceId: undefined, nodeId: undefined, text: 'begun' }
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
        isAborted = true
      }
      const stream = await open(`${manager.url}/api/v1/services/garden/climate/logs?follow=true&tail=5`, {})
      await until('the first line', () => stream.text() === 'begun\n')
      stream.close()
      await until('the signal', () => isAborted)
    })
  })
})
