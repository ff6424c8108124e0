// What is asked of a machine's kernel to know its devices: a few looks into /sys and /dev, here or on another machine.

export interface KernelView {
  /** Names in a folder, sorted; none where there is no such folder. */
  list(folder: string): Promise<readonly string[]>
  /** A file's text without the space around it; undefined where it cannot be read. */
  read(file: string): Promise<string | undefined>
  /** With links followed; undefined where there is nothing. */
  resolve(path: string): Promise<string | undefined>
  /** Of a character device, links followed; undefined where there is none. */
  numbers(path: string): Promise<DeviceNumbers | undefined>
}

export interface DeviceNumbers {
  readonly major: number
  readonly minor: number
}
