/** @param {string} _path */
export function writePages(_path) {}
