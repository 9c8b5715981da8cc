/** A worker's module, bundled into one text: see `scripts/build-pages.ts`. */
declare module '*?worker' {
  const code: string
  export default code
}

/** The version of the package that the page is of. */
declare const PAGE_VERSION: string
