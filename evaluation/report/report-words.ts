// What a report says in every form, whatever its numbers are.
import type { Setting } from './setting.ts'

export const sections = {
  lead: 'The measurements of Morabito et al., “Evaluating Performance of Containerized IoT Services for Clustered Devices at the Network Edge” (IEEE Internet of Things Journal, 2017), §V, taken with Shoal.',
  claims:
    'Each claim of the paper is a hypothesis with a test and an effect that counts, both fixed before the run. That two things are alike is shown by an equivalence test with a margin, not by a missing difference.',
  figures:
    'Bars are means, whiskers their 95 % intervals (Student’s t), cut off at 0 where no value is below it, and at the end of an axis that values far beyond the bars are not on; the marks beside a bar are single values, thinned evenly where there are more than 24. Every value is in csv/observations.csv, every course in csv/courses.csv.',
  noFailures: 'Nothing failed, nothing was left out, and the clock did not step.',
} as const

export const wordsOfOrigin =
  'Measured: taken on real hosts. Emulated: taken on hosts of a lab, which share one machine. Modelled: reckoned from something that was taken, such as power from CPU use.'

/** Of what failed, wherever its number is told. */
export const wordsOfFailures =
  'a failed cell is in none of the numbers, a request without its answer in none of the times'

export const repeatWords =
  'The same campaign in the same order, in a new folder; campaign.json lies in the folder of this run. “shoal report FOLDER” computes this report of the raw records again, with the same --daq if there was one, to the same bytes.'

export function repeatCommand({ campaign, runs }: Setting): string {
  const inventory = runs.some(({ kind }) => kind === 'real') ? ' --inventory HOSTS.yaml' : ''
  return `shoal evaluate FOLDER/campaign.json --seed ${campaign.seed}${inventory}`
}
