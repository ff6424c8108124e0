// The keys of a campaign file. What a scenario may be set to, it says itself.
import * as z from 'zod/mini'
import { boardModels } from '../../src/telemetry/power/board-models.ts'
import { links } from '../hosts/stage.ts'
import type { Scenario } from '../scenarios/scenario.ts'

/** Factors with lists of values: each scenario takes those values that it knows. */
export const listFactors = ['links', 'modes', 'operations', 'sizes'] as const

/** Factors with one number for all. */
const countFactors = ['repetitions', 'warmUps'] as const

export const factorNames = [...listFactors, ...countFactors] as const

export type FactorName = (typeof factorNames)[number]

const usualSeed = 2017
const greatestSeed = 999_999_999

/** Part of the name of a folder. */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/

function listOf<Value extends z.core.$ZodType>(value: Value) {
  return z.array(value).check(z.minLength(1))
}

const seedSchema = z.int().check(z.minimum(0), z.maximum(greatestSeed))

/** What a campaign file may say; `settingsOf` gives the schema of what stands below the name of a scenario. */
export function campaignSchema(
  scenarios: readonly Scenario[],
  settingsOf: (scenario: Scenario) => z.core.$ZodType = ({ settings }) => settings,
) {
  const settings = scenarios.map(
    (scenario) => [scenario.name, z.optional(z.nullable(settingsOf(scenario)))] as const,
  )
  return z.strictObject({
    name: z._default(
      z.string().check(z.regex(namePattern, 'expected letters, digits, and . _ - between them, at most 63')),
      'campaign',
    ),
    seed: z._default(seedSchema, usualSeed),
    /** Whose power the hosts of a lab are reckoned to draw. */
    board: z._default(z.enum(boardModels.map(({ name }) => name)), 'pi3b'),
    links: z.optional(listOf(z.enum(links))),
    modes: z.optional(listOf(z.enum(words(scenarios, 'modes')))),
    operations: z.optional(listOf(z.enum(['average', 'mergesort', 'bubblesort']))),
    sizes: z.optional(listOf(z.int().check(z.minimum(1), z.maximum(greatest(scenarios, 'sizes'))))),
    repetitions: z.optional(z.int().check(z.minimum(1), z.maximum(greatest(scenarios, 'repetitions')))),
    warmUps: z.optional(z.int().check(z.minimum(0), z.maximum(greatest(scenarios, 'warmUps')))),
    /** Left out: all of them. */
    scenarios: z.optional(z.strictObject(Object.fromEntries(settings))),
  })
}

/** The JSON schema of a campaign file, for editors: docs/campaign.schema.json. */
export function campaignJsonSchema(scenarios: readonly Scenario[]): object {
  return {
    ...z.toJSONSchema(campaignSchema(scenarios), {
      io: 'input',
      // The same value twice is refused in every list, by a rule that no schema of zod can tell.
      override: ({ jsonSchema }) => {
        if (jsonSchema.type === 'array') jsonSchema.uniqueItems = true
      },
    }),
    title: 'A campaign of shoal evaluate',
  }
}

/** What any scenario knows of a factor: what none knows would be refused in every campaign. */
function words(scenarios: readonly Scenario[], factor: FactorName): readonly string[] {
  return [...new Set(said(scenarios, factor).flatMap(({ items }) => (items?.enum ?? []) as string[]))]
}

function greatest(scenarios: readonly Scenario[], factor: FactorName): number {
  const bounds = said(scenarios, factor).map(({ items, maximum }) => items?.maximum ?? maximum)
  return Math.max(1, ...bounds.map((bound) => bound ?? Number.MAX_SAFE_INTEGER))
}

interface Said {
  readonly items?: { readonly enum?: readonly unknown[]; readonly maximum?: number }
  readonly maximum?: number
}

function said(scenarios: readonly Scenario[], factor: FactorName): readonly Said[] {
  return scenarios.flatMap(({ settings }) => {
    const { properties = {} } = z.toJSONSchema(settings, { io: 'input' })
    const setting = properties[factor]
    return setting === undefined ? [] : [setting as Said]
  })
}
