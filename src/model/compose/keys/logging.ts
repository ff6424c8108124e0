// The key `logging` of a service.
import type { Logging } from '../../application.ts'
import type { Findings } from '../findings.ts'
import type { Located } from '../located.ts'
import { readRecord } from '../read-key-values.ts'
import { readFilledText } from '../read-value.ts'
import { honoured, readSection, type Section } from '../section.ts'

export const loggingSection: Section<Logging> = {
  extensible: true,
  keys: {
    driver: honoured('log driver of the device’s Engine; left out, its default', 'driver', readFilledText),
    options: honoured('options of the driver', 'options', readRecord),
  },
}

export function readLogging(value: Located, findings: Findings): Logging {
  const { driver, options = {} } = readSection(loggingSection, value, findings)
  return { driver, options }
}
