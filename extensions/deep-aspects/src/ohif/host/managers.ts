import type { Cornerstone, CornerstoneTools } from './cornerstone';
import type {
  CornerstoneViewportService,
  DataSource,
  DisplaySetService,
  HangingProtocolService,
  SegmentationService,
  UiNotificationService,
  UserAuthenticationService,
  ViewportGridService,
} from './services';

/** What OHIF hands to `preRegistration`: the part of it that this extension uses. */
export interface OhifManagers {
  readonly servicesManager: { readonly services: OhifServices };
  readonly commandsManager: CommandsManager;
  readonly extensionManager: ExtensionManager;
}

/** Some are registered by other extensions, after ours: they are looked up at use, never kept. */
export interface OhifServices {
  readonly displaySetService: DisplaySetService;
  readonly viewportGridService: ViewportGridService;
  readonly hangingProtocolService: HangingProtocolService;
  readonly uiNotificationService: UiNotificationService;
  readonly segmentationService: SegmentationService;
  readonly cornerstoneViewportService: CornerstoneViewportService;
  readonly userAuthenticationService?: UserAuthenticationService;
}

export interface CommandsManager {
  runCommand(name: string, options?: Readonly<Record<string, unknown>>, context?: string): unknown;
}

export interface ExtensionManager {
  getModuleEntry(id: string): { readonly exports?: unknown } | undefined;
  getActiveDataSource(): readonly DataSource[];
}

interface CornerstoneLibraries {
  readonly cornerstone: Cornerstone;
  readonly cornerstoneTools: CornerstoneTools;
}

const CORNERSTONE_UTILITIES = '@ohif/extension-cornerstone.utilityModule.common';

/**
 * The host's own cornerstone: a second copy would have a second, empty cache. Throws where the cornerstone
 * extension is not loaded.
 */
export function cornerstoneLibraries(extensionManager: ExtensionManager): CornerstoneLibraries {
  const exports = extensionManager.getModuleEntry(CORNERSTONE_UTILITIES)?.exports as
    { getCornerstoneLibraries?: () => CornerstoneLibraries } | undefined;
  if (!exports?.getCornerstoneLibraries) {
    throw new Error(
      "This viewer lacks OHIF's cornerstone extension, which ASPECTS needs to read and draw on images."
    );
  }
  return exports.getCornerstoneLibraries();
}
