// How large a Compose file may be.

/** A Compose file is written by hand: some kilobytes. The bounds keep a bomb of aliases or of depth from taking the client down. */
export const yamlLimits = Object.freeze({ characters: 1_048_576, values: 20_000, depth: 40 })
