import type { ToolVocabulary } from './toolGroups';
import type { ToolbarButton } from './toolbarButtons';

/** What OHIF hands to a mode, as far as this mode uses it; the same in 3.11 to 3.14. */
export interface ModeHost {
  readonly servicesManager: { readonly services: HostServices };
  readonly extensionManager: {
    getModuleEntry(id: string): { readonly exports: ToolVocabulary } | undefined;
  };
  readonly commandsManager: { runCommand(name: string, options?: object, context?: string): unknown };
}

export interface HostServices {
  readonly toolbarService: ToolbarService;
  readonly toolGroupService: {
    createToolGroupAndAddTools(id: string, tools: object): unknown;
    destroy(): void;
  };
  readonly customizationService: { setCustomizations(customizations: object, scope?: string): void };
  readonly measurementService: { clearMeasurements(): void };
  readonly syncGroupService: Destroyable;
  readonly segmentationService: Destroyable;
  readonly cornerstoneViewportService: Destroyable;
  readonly uiDialogService?: { hideAll?(): void };
  readonly uiModalService?: { hide?(): void };
  readonly uiNotificationService: {
    show(notification: {
      title: string;
      message: string;
      type: string;
      duration?: number;
      autoClose?: boolean;
    }): void;
  };
}

export interface ToolbarService {
  /** Section names; which ones there are depends on the version. */
  readonly sections: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  register(buttons: readonly ToolbarButton[]): void;
  updateSection(section: string, buttonIds: readonly string[]): void;
}

interface Destroyable {
  destroy(): void;
}
