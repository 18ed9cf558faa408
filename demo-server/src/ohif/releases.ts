export interface TestedRelease {
  /** sha512 of the npm package `@ohif/app` as it is fetched. */
  readonly archive: string;
  /** `hashOfFolder` of what is unpacked from it and served. */
  readonly files: string;
}

/** OHIF releases that the plugin is tested with. */
export const TESTED_RELEASES: Readonly<Record<string, TestedRelease>> = {
  '3.11.1': {
    archive:
      'sha512-0lJRyHguGuIR06PxeJ3rqnPWf1OAqsaXGuqT2kl5HkNjIOxBDnRTTMvyHnkn3ZyjcHlsIhY8gf0h7AhVORqsSQ==',
    files: 'sha512-A8A64izgvN2Npc8mHcu1L3B8M/U7wokgk2JKYqscdeQpLV9b4fCD9hkypLiKQHC1XFWD5kHjrhjqQpfNw0q9kQ==',
  },
  '3.12.10': {
    archive:
      'sha512-0kuF66Mq9c9dMD++bUsTjMrJpXJwaZhz9B4uS244DawAjSkTwIYFU93pxPuRUQixaRi7QAHlF3Fe1qudBlZrmA==',
    files: 'sha512-aD0ESbQXtNM6dTRtlM8T0Q59ICV8vIAu46qQbaSuPVkNRz2QDcMO2NTFoTJOXwjvf8Aob+oFlzVU8Ff63838qQ==',
  },
  '3.13.2': {
    archive:
      'sha512-WZdxmpmG7rqFgW9ZJLcbgr3XCtLi1KDNPoMaeY5PPe6j4G4fjEjjkycZM6C6Zk2F87BKxFfpq+jd5xXZB9E8EA==',
    files: 'sha512-ECdeMiKx3jwHUVyLDg+E8H8HG9chaYmsFojtTvh++Q5W6q6t4ALJAjS5d7eAUx2qtgySbE//Q40yldu3vMSPpg==',
  },
  '3.14.0-beta.6': {
    archive:
      'sha512-QwA0talqhh4VlUR+QgT2t8FP7NpX++4s6Z9Cp5VIcta3JMd2zGBPTp/R9t7JaX0Xi1AHAZAJxTv502R+SawaBg==',
    files: 'sha512-E5BIn8PSINg6n0YLNpMsRKXnU1H45aRc2JHZvHzKnzs+sqHzA4NW8o9MvizvzfxBcU+VJkAmW8ML0dNeEobPfQ==',
  },
};

export const DEFAULT_RELEASE = '3.12.10';
