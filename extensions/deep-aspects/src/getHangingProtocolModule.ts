import { strokeTriageProtocol } from './ohif/hangingProtocol/strokeTriageProtocol';

export default function getHangingProtocolModule() {
  return [{ name: strokeTriageProtocol.id, protocol: strokeTriageProtocol }];
}
