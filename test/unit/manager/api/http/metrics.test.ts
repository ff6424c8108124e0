import { describe, expect, it } from 'vitest'
import { anEvent, withManager } from './a-manager.ts'

interface Family {
  readonly help: string | undefined
  readonly type: string | undefined
  readonly samples: { readonly name: string; readonly labels: string; readonly value: number }[]
}

/** Prometheus text format 0.0.4; throws for a line that is not of it. */
function parseExposition(text: string): Map<string, Family> {
  const families = new Map<string, { help?: string; type?: string; samples: Family['samples'] }>()
  const family = (name: string) => {
    const known = families.get(name) ?? { samples: [] }
    families.set(name, known)
    return known
  }
  for (const line of text.split('\n')) {
    if (line === '') continue
    const comment = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line)
    if (comment !== null) {
      const [, kind, name = '', rest = ''] = comment
      const target = family(name)
      if (kind === 'HELP') target.help = rest
      else target.type = rest
      continue
    }
    const label = '[a-z_]+="(?:[^"\\\\\\n]|\\\\["\\\\n])*"'
    const sample = new RegExp(`^([a-z_]+)(?:\\{(${label}(?:,${label})*)\\})? (\\S+)$`).exec(line)
    if (sample === null) throw new Error(`no line of the format: ${line}`)
    const [, name = '', labels = '', value = ''] = sample
    const base = [...families.keys()].find(
      (known) => known === name || ['_bucket', '_sum', '_count'].some((suffix) => name === known + suffix),
    )
    family(base ?? name).samples.push({ name, labels, value: Number(value) })
  }
  return new Map([...families].map(([name, { help, type, samples }]) => [name, { help, type, samples }]))
}

async function scrape(url: string): Promise<Map<string, Family>> {
  const answer = await fetch(`${url}/metrics`)
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return parseExposition(await answer.text())
}

function sampleOf(families: Map<string, Family>, name: string, labels = ''): number | undefined {
  return [...families.values()]
    .flatMap(({ samples }) => samples)
    .find((sample) => sample.name === name && sample.labels === labels)?.value
}

describe('/metrics', () => {
  it('is Prometheus text in which each family has its help, its type and the name of Shoal', async () => {
    await withManager(async ({ url }) => {
      const families = await scrape(url)
      expect(families.size).toBeGreaterThan(10)
      for (const [name, { help, type, samples }] of families) {
        expect({ name, named: /^shoal_[a-z_]+$/.test(name) }).toEqual({ name, named: true })
        expect({ name, help: help?.endsWith('.') }).toEqual({ name, help: true })
        expect({ name, type }).toEqual({ name, type: expect.stringMatching(/^(counter|gauge|histogram)$/) })
        expect({ name, total: name.endsWith('_total') }).toEqual({ name, total: type === 'counter' })
        for (const { value } of samples) expect(Number.isFinite(value)).toBe(true)
      }
    })
  })

  it('shows the cluster as it is at the moment of the question', async () => {
    await withManager(async ({ url }) => {
      const families = await scrape(url)
      expect(sampleOf(families, 'shoal_build_info', 'version="1.2.3"')).toBe(1)
      expect(sampleOf(families, 'shoal_nodes', 'state="ready"')).toBe(2)
      expect(sampleOf(families, 'shoal_nodes', 'state="away"')).toBe(1)
      expect(sampleOf(families, 'shoal_nodes', 'state="down"')).toBe(0)
      expect(sampleOf(families, 'shoal_services', 'state="active"')).toBe(1)
      const climate = 'application="garden",service="climate"'
      expect(sampleOf(families, 'shoal_instances', `${climate},state="answering"`)).toBe(1)
      expect(sampleOf(families, 'shoal_instances_wanted', climate)).toBe(2)
      expect(sampleOf(families, 'shoal_agent_silence_seconds', 'node="bed-1"')).toBe(0.25)
      expect(sampleOf(families, 'shoal_registry_up')).toBe(1)
    })
  })

  it('counts activations by outcome, and times those that woke an instance', async () => {
    await withManager(async ({ url, parts }) => {
      const { signal } = new AbortController()
      await parts.activator.activate('garden', { signal })
      await expect(parts.activator.activate('big', { signal })).rejects.toThrow()
      const families = await scrape(url)
      expect(sampleOf(families, 'shoal_activations_total', 'outcome="activated"')).toBe(1)
      expect(sampleOf(families, 'shoal_activations_total', 'outcome="failed"')).toBe(1)
      expect(sampleOf(families, 'shoal_activation_duration_seconds_count')).toBe(1)
      expect(sampleOf(families, 'shoal_activation_duration_seconds_bucket', 'le="+Inf"')).toBe(1)
    })
  })

  it('counts what happened, what happened before the first question included', async () => {
    await withManager(async ({ url, events }) => {
      events.add(anEvent('bed-1'))
      events.add({ kind: 'node-away', subject: 'bed-2', text: 'silent for 4.2 s' })
      const families = await scrape(url)
      expect(sampleOf(families, 'shoal_events_total', 'kind="node-joined"')).toBe(1)
      expect(sampleOf(families, 'shoal_events_total', 'kind="node-away"')).toBe(1)
    })
  })

  it('counts requests by the route of the table, never by what a client made up', async () => {
    await withManager(async ({ url }) => {
      await fetch(`${url}/api/v1/services/garden/climate`)
      await fetch(`${url}/made/up`)
      const { samples = [] } = (await scrape(url)).get('shoal_http_requests_total') ?? {}
      expect(samples.map(({ labels, value }) => `${labels} ${value}`)).toEqual([
        'method="GET",route="/api/v1/services/{application}/{service}",status="200" 1',
        'method="GET",route="unknown",status="404" 1',
      ])
    })
  })
})
