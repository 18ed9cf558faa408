/** What a mode names of this extension. */
export { ASPECTS_HOTKEYS } from './session/commands';
export { PROTOCOL_ID } from './ohif/hangingProtocol/strokeTriageProtocol';
