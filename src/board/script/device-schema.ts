// The keys of a device, kind by kind.
import * as z from 'zod/mini'
import { nearestKey } from '../../model/problems.ts'
import { kinds } from '../kinds.ts'
import { curve, list, number, positive, windows, windowWith } from './pieces.ts'
import { describe, section } from './section.ts'
import { span } from './time-words.ts'

const level = z.union([z.literal(0), z.literal(1)], {
  error: ({ input }) => `expected 0 or 1; got ${describe(input)}`,
})

function failures<const Errors extends readonly string[]>(errors: Errors) {
  const error = z.enum(errors, {
    error: ({ input }) =>
      input === undefined ? 'is missing' : `expected ${errors.join(' or ')}; got ${describe(input)}`,
  })
  return list(windowWith({ error, share: z._default(positive(1), 1) }), 'windows')
}

const common = { unplugged: z.optional(windows) }
const actuator = { ...common, stuck: z.optional(windows) }
const input = { ...common, stuck: z.optional(list(windowWith({ value: z.optional(level) }), 'windows')) }
const readMs = z.optional(number(0, 10_000))

const burst = section({ perMinute: positive(600), lasts: span }).check(
  z.refine(({ perMinute, lasts }) => lasts > 0 && lasts <= 60 / perMinute, {
    path: ['lasts'],
    error: 'expected above 0 and no longer than from one burst to the next',
  }),
)

export const deviceSchema = z.discriminatedUnion(
  'kind',
  [
    section({ kind: z.literal('laser'), ...actuator }),
    section({ kind: z.literal('active-buzzer'), ...actuator }),
    section({ kind: z.literal('passive-buzzer'), ...actuator }),
    section({ kind: z.literal('flame'), ...input, flames: z.optional(windows) }),
    section({
      kind: z.literal('sound'),
      ...input,
      bursts: z.optional(windows),
      randomBursts: z.optional(burst),
      changesHz: z.optional(positive(1000)),
    }),
    section({
      kind: z.literal('light'),
      ...common,
      illuminance: curve,
      readMs,
      fails: z.optional(failures(['timeout', 'stuck'])),
    }),
    section({
      kind: z.literal('humidity'),
      ...common,
      sensor: z.optional(
        z.enum(['dht11', 'dht22'], {
          error: ({ input }) => `expected dht11 or dht22; got ${describe(input)}`,
        }),
      ),
      humidity: curve,
      temperature: z.optional(curve),
      readMs,
      fails: z.optional(failures(['checksum', 'timeout', 'stuck'])),
    }),
  ],
  {
    error: ({ input }) => {
      if (typeof input !== 'object' || input === null || Array.isArray(input)) {
        return `expected a map with kind; got ${describe(input)}`
      }
      const { kind } = input as { readonly kind?: unknown }
      if (kind === undefined) return `kind is missing: ${kinds.join(', ')}`
      const nearest = typeof kind === 'string' ? nearestKey(kind, kinds) : undefined
      const hint = nearest === undefined ? `known: ${kinds.join(', ')}` : `did you mean "${nearest}"?`
      return `unknown kind ${describe(kind)}; ${hint}`
    },
  },
)

export type ReadDevice = z.infer<typeof deviceSchema>
