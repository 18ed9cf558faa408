import { DICOM_WEB_PATH } from './demoServer';

/**
 * The demo's `app-config.js`: one data source, then `pluginLines`, the very lines that a site adds to its
 * own. `extra` is JavaScript put between the two, for tests of other installations.
 */
export function appConfig(pluginLines: string, extra = ''): string {
  const configuration = {
    routerBasename: null,
    extensions: [],
    modes: [],
    customizationService: {},
    showStudyList: true,
    maxNumberOfWebWorkers: 3,
    showWarningMessageForCrossOrigin: true,
    showCPUFallbackMessage: false,
    showLoadingIndicator: true,
    // The patient's name says that a demo study is synthetic.
    showPatientInfo: 'visible',
    strictZSpacingForVolumeViewport: true,
    investigationalUseDialog: { option: 'never' },
    defaultDataSourceName: 'dicomweb',
    dataSources: [
      {
        namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
        sourceName: 'dicomweb',
        configuration: {
          friendlyName: 'DICOMweb',
          name: 'dicomweb',
          wadoUriRoot: DICOM_WEB_PATH,
          qidoRoot: DICOM_WEB_PATH,
          wadoRoot: DICOM_WEB_PATH,
          qidoSupportsIncludeField: false,
          supportsReject: false,
          supportsStow: true,
          imageRendering: 'wadors',
          thumbnailRendering: 'wadors',
          enableStudyLazyLoad: true,
          supportsFuzzyMatching: false,
          supportsWildcard: true,
          omitQuotationForMultipartRequest: true,
          bulkDataURI: { enabled: true },
        },
      },
    ],
  };
  return [
    "// Served by the demo server in place of the build's own app-config.js; no other file of OHIF is changed.",
    `window.config = ${JSON.stringify(configuration, null, 2)};`,
    // Roots must be absolute: OHIF builds image addresses from them.
    `window.config.dataSources[0].configuration.wadoRoot = window.location.origin + '${DICOM_WEB_PATH}';`,
    `window.config.dataSources[0].configuration.qidoRoot = window.location.origin + '${DICOM_WEB_PATH}';`,
    `window.config.dataSources[0].configuration.wadoUriRoot = window.location.origin + '${DICOM_WEB_PATH}';`,
    extra,
    pluginLines,
  ].join('\n');
}
