// Every scenario there is, in the paper's order, what goes beyond it last. A new one is one line here.
import { activation } from './activation.ts'
import { computation } from './computation.ts'
import { containerScale } from './container-scale.ts'
import { deviceScale } from './device-scale.ts'
import { idle } from './idle.ts'
import { lifecycle } from './lifecycle.ts'
import { responseTime } from './response-time.ts'
import type { Scenario } from './scenario.ts'
import { sensing } from './sensing.ts'

export const scenarios: readonly Scenario[] = [
  idle as Scenario,
  responseTime as Scenario,
  computation as Scenario,
  lifecycle as Scenario,
  activation as Scenario,
  sensing as Scenario,
  containerScale as Scenario,
  deviceScale as Scenario,
]
