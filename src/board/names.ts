// What a board or a device of it may be called: its folder is called the same.

/** RFC 1123 §2.1 without capitals, short enough for the path of a socket. */
export const namePattern = /^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/

/** The same in words. */
export const nameRule = 'lower-case letters, digits and dashes, a letter first, at most 32'

/** What the folder of a board holds beside its devices. */
export const reservedName = 'control'
