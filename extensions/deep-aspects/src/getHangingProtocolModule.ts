import { strokeTriageProtocol } from './viewer/hangingProtocol/strokeTriageProtocol';

export default function getHangingProtocolModule() {
  return [{ name: strokeTriageProtocol.id, protocol: strokeTriageProtocol }];
}
