// What a host or a lab may be called.

/** RFC 1123 §2.1 without capitals, short enough for a host's name and for a socket's path. */
export const namePattern = /^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/

/** The same in words. */
export const nameRule = 'lower-case letters, digits and dashes, a letter first, at most 32'
