// A campaign for the hosts of an inventory: what nobody has asked for by name, and these hosts cannot give, is left out of it.
import type { Inventory } from '../hosts/inventory.ts'
import { realRefusal } from '../hosts/real-refusal.ts'
import type { Campaign } from '../run/run.ts'
import type { AskedFor, FitCampaign } from './choose-campaign.ts'
import { valueAt } from './setting-issue.ts'
import { readYamlText } from './yaml-text.ts'

type Part = Campaign['scenarios'][number]
type Settings = Readonly<Record<string, unknown>>

/** Lists of which each value needs hosts of its own. Links first: numbers of workers are asked for on those that are left. */
const hostSettings = ['links', 'workers'] as const

/**
 * Of a list that the file does not give itself, the values that are refused are left out; of the scenarios that neither the file nor the command
 * line names, those of which nothing is left. Where that would be all of them, none is: `Stages.check` refuses the campaign as it is.
 * @param say gets a line for what is left out
 */
export function campaignFitter(inventory: Inventory, say: (line: string) => void): FitCampaign {
  return (campaign, asked) => {
    const fitted = campaign.scenarios.map((part) => fitPart(part, inventory, asked))
    const scenarios = fitted.flatMap(({ part }) => part ?? [])
    if (scenarios.length === 0) return campaign
    const leftOut = fitted.flatMap((each) => each.leftOut)
    if (leftOut.length > 0)
      say(`left out, as the hosts of ${inventory.place} cannot give it:\n  ${leftOut.join('\n  ')}`)
    return { ...campaign, scenarios }
  }
}

interface FittedPart {
  /** Undefined where nothing is left. */
  readonly part: Part | undefined
  readonly leftOut: readonly string[]
}

function fitPart({ scenario, settings }: Part, inventory: Inventory, asked: AskedFor): FittedPart {
  const { name } = scenario
  const { isNamed, gives } = readAsked(asked, name)
  const refusals = (narrowed: Settings) =>
    scenario.plan(narrowed).map(({ need }) => realRefusal(inventory, need))
  const leftOut: string[] = []
  let fitted = settings as Settings
  for (const key of hostSettings) {
    const values: unknown = fitted[key]
    if (!Array.isArray(values) || gives(key)) continue
    const reasonOf = (value: unknown) =>
      refusals({ ...fewest(fitted), [key]: [value] }).find((reason) => reason !== undefined)
    const refused = values.flatMap((value) => {
      const reason = reasonOf(value)
      return reason === undefined ? [] : [{ value, reason }]
    })
    if (refused.length === 0 || refused.length === values.length) continue
    fitted = { ...fitted, [key]: values.filter((value) => refused.every((each) => each.value !== value)) }
    leftOut.push(`${name}: ${key} ${refused.map(({ value }) => value).join(', ')} (${refused[0]?.reason})`)
  }
  const left = refusals(fitted)
  if (isNamed || left.includes(undefined)) return { part: { scenario, settings: fitted }, leftOut }
  return { part: undefined, leftOut: [`${name} (${left[0]})`] }
}

/** A link that is there for few workers is there. */
function fewest(settings: Settings): Settings {
  const { workers } = settings
  return Array.isArray(workers) ? { ...settings, workers: [Math.min(...workers)] } : settings
}

function readAsked({ text, scenarios }: AskedFor, name: string) {
  const yaml = readYamlText(text)
  const given = 'problems' in yaml ? undefined : yaml.value
  const named = valueAt(given, ['scenarios'])
  return {
    isNamed:
      scenarios.includes(name) || (typeof named === 'object' && named !== null && Object.hasOwn(named, name)),
    gives: (key: string) =>
      valueAt(given, [key]) !== undefined || valueAt(given, ['scenarios', name, key]) !== undefined,
  }
}
