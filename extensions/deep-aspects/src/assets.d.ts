/** Style sheets are imported as text: the panel puts them into its own root (webpack `asset/source`). */
declare module '*.css' {
  const text: string;
  export default text;
}

/**
 * Own address of the bundle, filled in by the build; not defined in unit tests and where a site
 * bundles the sources.
 */
declare const __PLUGIN_URL__: string | undefined;

/** Whether the bundle takes React from its host, filled in by the build as well. */
declare const __SHARES_REACT__: boolean | undefined;
