// The table of link kinds. A new kind is one file beside this one and one line here.
import { direct } from './direct.ts'
import { ethernet } from './ethernet.ts'
import type { LinkKind } from './link-kind.ts'
import { wlan } from './wlan.ts'

export const linkKinds = { ethernet, direct, wlan } as const satisfies Readonly<Record<string, LinkKind>>

export type LinkKindName = keyof typeof linkKinds

export function isLinkKind(name: string): name is LinkKindName {
  return Object.hasOwn(linkKinds, name)
}
