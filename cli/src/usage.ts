export const USAGE = `deep-aspects: ASPECTS on plain head CT. For research; not a medical device.

  deep-aspects score PATH...            score DICOM files or folders, or NIfTI volumes in HU (.nii, .nii.gz)
      --series UID                      this series; otherwise the best suited one of each study
      --json FILE                       the result as JSON (- prints only the JSON); several studies: JSON lines
      --seg FILE   --sr FILE   --fhir FILE   the result as DICOM SEG, DICOM SR, FHIR R4 Observation (a folder where there are several studies)
      --models DIR                      folder with anatomy/ and infarct/ (default: the shipped networks)
      --provider cpu|webgpu             what the networks run on (default: cpu)
      --jobs N                          studies at a time, each in a process of its own (default: 1)
      --queue redis://HOST              has the workers of a queue score them; all must see the same paths
      --resume                          skip the studies that the --json FILE of an earlier run holds

  deep-aspects evaluate DIR             the paper's tables over a labelled data set, one folder a case
      --json FILE   --markdown FILE     the results; plots go next to the Markdown file
      --cache DIR                       where each case's numbers are kept, so that a stopped run goes on
      --records FILE                    the numbers of all cases in one file, for compare
      --simulate-readers SEED           adds two simulated readers (marked as such everywhere)
      --queue redis://HOST              as for score
      --models DIR   --provider P   --bootstrap N

  deep-aspects compare FILE...          several pairs of networks in the paper's tables, from evaluate's --records files
      --markdown FILE   --page FILE     the tables as a file, or between the marks of a page
      --simulate-readers SEED   --bootstrap N

  deep-aspects prepare DIR --out DIR    network inputs and aligned labels of a labelled data set, for training
      --models DIR                      whose manifests say how the networks are fed

  deep-aspects serve --dicomweb URL     scores each new head CT of an archive and stores SEG, SR and key images there
      --queue redis://HOST              hands the work to workers on any machines; otherwise all in one process
      --workers N                       studies at a time on this machine (default: a core and 1 GB each; 0 with --queue)
      --poll S   --settle S             seconds between looks; a study is complete when unchanged for so long
      --since DATE   --once             studies from that day on (default: the last two days); one look, then end
      --dated-only                      leaves studies without a Study Date alone
      --urgent PATTERN                  studies whose description, station or sender matches come first
      --listen [HOST:]PORT              /healthz, /metrics, /studies and a status page
      --notify URL                      an alert for each scored study
      --ca FILE --cert FILE --key FILE  certificates for the archive; --timeout S for its answers
      --job-timeout S                   longest time for one study (default: 600)
      --models DIR   --provider P       and all of these as DEEP_ASPECTS_OPTION in the environment

  deep-aspects worker --queue redis://HOST
      --workers N   --dicomweb URL   --listen, --notify, --job-timeout, certificates, networks as for serve

Exit status: 0 done, 1 failed, 2 wrong usage, 3 the input is refused.
Reports go to standard output, refusals ("CODE: message") and progress to standard error.
`;
