// Power of a board reckoned from how busy it is: regressions of others, with the paper's idle figures. Always called modelled.

export interface BoardModel {
  readonly name: string
  readonly title: string
  /** Watts at a CPU utilisation of all cores, 0 to 1, idle on Ethernet. */
  readonly watts: (cpuShare: number) => number
  /** Added to the above where the link is WLAN. */
  readonly wlanWatts: number
  readonly source: string
}

/** Idle of a Pi 3 B, Morabito et al. 2017, Table I: Ethernet, WLAN. */
export const paperIdleWatts = Object.freeze({ ethernet: 1.323, wlan: 1.449 })

/**
 * The regression says how much more a busy board takes than an idle one; its own idle is that of another board on another day, so it is moved to
 * the paper's.
 */
function fromPaperIdle(regression: (cpuShare: number) => number): BoardModel['watts'] {
  const idle = regression(0)
  return (cpuShare) => paperIdleWatts.ethernet + regression(clamp(cpuShare)) - idle
}

const powerJoular = 'linear regression of PowerJoular (Noureddine)'

export const boardModels: readonly BoardModel[] = [
  {
    name: 'pi3b',
    title: 'Raspberry Pi 3 B',
    watts: fromPaperIdle((u) => 1.0782 + 3.4774 * u),
    wlanWatts: paperIdleWatts.wlan - paperIdleWatts.ethernet,
    source: `${powerJoular}, moved to the idle of Morabito et al. 2017, Table I`,
  },
  {
    name: 'pi3b+',
    title: 'Raspberry Pi 3 B+',
    watts: (u) => 2.0022 + 3.2983 * clamp(u),
    wlanWatts: paperIdleWatts.wlan - paperIdleWatts.ethernet,
    source: `${powerJoular}; WLAN as on the Pi 3 B of Morabito et al. 2017`,
  },
  {
    name: 'pi4b',
    title: 'Raspberry Pi 4 B',
    watts: (u) => 2.2434 + 3.4842 * clamp(u),
    wlanWatts: paperIdleWatts.wlan - paperIdleWatts.ethernet,
    source: `${powerJoular}; WLAN as on the Pi 3 B of Morabito et al. 2017`,
  },
]

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share))
}
