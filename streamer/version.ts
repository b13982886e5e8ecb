/** The package's version; a test holds it to package.json, and the bundle carries it. */
export const VERSION = '0.1.0';
