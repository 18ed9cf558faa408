-- For Orthanc: tells `deep-aspects serve --listen` of each CT study that has stopped growing.
--
-- In orthanc.json:  "LuaScripts": ["/etc/orthanc/onStableStudy.lua"], "StableAge": 8
-- DEEP_ASPECTS_SERVE in Orthanc's environment is the address of the status page; http://localhost:9090 where it is not set.

function OnStableStudy(studyId, tags, metadata)
  local study = ParseJson(RestApiGet('/studies/' .. studyId .. '/series'))
  for _, series in ipairs(study) do
    if series['MainDicomTags']['Modality'] == 'CT' then
      local address = os.getenv('DEEP_ASPECTS_SERVE') or 'http://localhost:9090'
      -- Who sent it, for a site's rule (`--urgent`); empty where it did not come by C-STORE.
      local received = ParseJson(RestApiGet('/series/' .. series['ID'] .. '/metadata?expand'))
      local sender = string.gsub(received['RemoteAET'] or '', '[^%w]', function(character)
        return string.format('%%%02X', string.byte(character))
      end)
      HttpPost(address .. '/complete/' .. tags['StudyInstanceUID'] .. '?sender=' .. sender, '')
      return
    end
  end
end
