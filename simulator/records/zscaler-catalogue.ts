/** What the Zscaler records choose from, field groups that belong together in one row: devices, kinds of sites, decisions, answers. */

export const DEVICES = [
  {
    hostPrefix: 'LT-',
    model: 'Latitude 7440',
    osType: 'Windows OS',
    osVersion: 'Microsoft Windows 11 Enterprise;64 bit',
  },
  {
    hostPrefix: 'LT-',
    model: 'ThinkPad T14 Gen 4',
    osType: 'Windows OS',
    osVersion: 'Microsoft Windows 11 Enterprise;64 bit',
  },
  {
    hostPrefix: 'WS-',
    model: 'OptiPlex 7010',
    osType: 'Windows OS',
    osVersion: 'Microsoft Windows 10 Enterprise;64 bit',
  },
  { hostPrefix: 'MB-', model: 'MacBookPro18,3', osType: 'MAC OS', osVersion: 'Version 14.6.1 (Build 23G93)' },
  { hostPrefix: 'MB-', model: 'Mac14,2', osType: 'MAC OS', osVersion: 'Version 15.0 (Build 24A335)' },
  { hostPrefix: 'PH-', model: 'iPhone15,2', osType: 'iOS', osVersion: 'Version 18.0' },
] as const;

/** What sites are for, as Zscaler classes them. */
export const SITE_KINDS = [
  {
    hostPrefixes: ['www', 'static', 'cdn'],
    urlClass: 'Business Use',
    superCategory: 'Information Technology',
    category: 'Corporate Marketing',
    appClass: 'General Browsing',
    appName: 'General Browsing',
    appStatus: 'N/A',
  },
  {
    hostPrefixes: ['api', 'eu', 'app'],
    urlClass: 'Business Use',
    superCategory: 'Information Technology',
    category: 'Professional Services',
    appClass: 'Business and Economy',
    appName: 'General Browsing',
    appStatus: 'Sanctioned',
  },
  {
    hostPrefixes: ['mail', 'outlook', 'smtp'],
    urlClass: 'Business Use',
    superCategory: 'Internet Communication',
    category: 'Web-based Email',
    appClass: 'Webmail',
    appName: 'Example Mail',
    appStatus: 'Sanctioned',
  },
  {
    hostPrefixes: ['files', 'share', 'drive'],
    urlClass: 'Business Use',
    superCategory: 'Information Technology',
    category: 'File Hosting',
    appClass: 'File Sharing',
    appName: 'Example Drive',
    appStatus: 'Sanctioned',
  },
  {
    hostPrefixes: ['video', 'stream', 'media'],
    urlClass: 'Bandwidth Loss',
    superCategory: 'Entertainment/Recreation',
    category: 'Streaming Media',
    appClass: 'Streaming Media',
    appName: 'Example Video',
    appStatus: 'Unsanctioned',
  },
  {
    hostPrefixes: ['feed', 'img', 'm'],
    urlClass: 'Productivity Loss',
    superCategory: 'Social and Family Issues',
    category: 'Social Networking',
    appClass: 'Social Networking',
    appName: 'Example Social',
    appStatus: 'Unsanctioned',
  },
  {
    hostPrefixes: ['news', 'amp', 'www'],
    urlClass: 'General Surfing',
    superCategory: 'News and Media',
    category: 'News and Media',
    appClass: 'General Browsing',
    appName: 'General Browsing',
    appStatus: 'N/A',
  },
  {
    hostPrefixes: ['ads', 'track', 'px'],
    urlClass: 'Bandwidth Loss',
    superCategory: 'Business and Economy',
    category: 'Advertising',
    appClass: 'Web Advertising',
    appName: 'General Browsing',
    appStatus: 'N/A',
  },
  {
    hostPrefixes: ['shop', 'cart', 'pay'],
    urlClass: 'Productivity Loss',
    superCategory: 'Shopping and Auctions',
    category: 'Online Shopping',
    appClass: 'General Browsing',
    appName: 'General Browsing',
    appStatus: 'N/A',
  },
  {
    hostPrefixes: ['update', 'dl', 'pkg'],
    urlClass: 'Business Use',
    superCategory: 'Information Technology',
    category: 'Operating System and Software Updates',
    appClass: 'Software Updates',
    appName: 'Example Update',
    appStatus: 'Sanctioned',
  },
] as const;

const NO_THREAT = { threatname: 'None', threatcategory: 'None', threatclass: 'None', threatseverity: 'None' } as const;

const MALWARE = {
  threatname: 'Win32.Trojan.Example',
  threatcategory: 'Trojan',
  threatclass: 'Malware',
  threatseverity: 'Critical',
} as const;

const PHISHING = {
  threatname: 'HTML.Phish.Example',
  threatcategory: 'Phishing',
  threatclass: 'Phishing',
  threatseverity: 'High',
} as const;

/** Most traffic is plain and allowed; a few in a hundred are blocked, a few in ten thousand are attacks. */
export const DECISIONS = [
  { weight: 470, fields: { action: 'Allowed', reason: 'Allowed', status: '200', requestmethod: 'GET', ...NO_THREAT } },
  { weight: 180, fields: { action: 'Allowed', reason: 'Allowed', status: '200', requestmethod: 'POST', ...NO_THREAT } },
  {
    weight: 110,
    fields: { action: 'Allowed', reason: 'Allowed', status: '200', requestmethod: 'CONNECT', ...NO_THREAT },
  },
  { weight: 70, fields: { action: 'Allowed', reason: 'Allowed', status: '204', requestmethod: 'POST', ...NO_THREAT } },
  { weight: 60, fields: { action: 'Allowed', reason: 'Allowed', status: '304', requestmethod: 'GET', ...NO_THREAT } },
  { weight: 40, fields: { action: 'Allowed', reason: 'Allowed', status: '302', requestmethod: 'GET', ...NO_THREAT } },
  { weight: 20, fields: { action: 'Allowed', reason: 'Allowed', status: '404', requestmethod: 'GET', ...NO_THREAT } },
  { weight: 10, fields: { action: 'Allowed', reason: 'Allowed', status: '503', requestmethod: 'GET', ...NO_THREAT } },
  {
    weight: 22,
    fields: {
      action: 'Blocked',
      reason: 'Not allowed to browse this category',
      status: '403',
      requestmethod: 'GET',
      ...NO_THREAT,
    },
  },
  {
    weight: 14,
    fields: {
      action: 'Blocked',
      reason: 'Not allowed to use this app',
      status: '403',
      requestmethod: 'POST',
      ...NO_THREAT,
    },
  },
  {
    weight: 2,
    fields: {
      action: 'Blocked',
      reason: 'Malware block: malicious file',
      status: '403',
      requestmethod: 'GET',
      ...MALWARE,
    },
  },
  {
    weight: 2,
    fields: {
      action: 'Blocked',
      reason: 'Reputation block outbound request: phishing site',
      status: '403',
      requestmethod: 'GET',
      ...PHISHING,
    },
  },
] as const;

export const USER_AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
  'Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)',
  'Microsoft-Delivery-Optimization/10.1',
  'Windows-Update-Agent/10.0.10011.16384 Client-Protocol/2.81',
  'Teams/25213.1415.3816.9378 Windows/10.0',
  'python-requests/2.32.4',
  'Go-http-client/2.0',
  'curl/8.14.1',
  'Slack/4.45.69 (Windows NT 10.0; x64)',
  'None',
] as const;

const TLS_13 = {
  clienttlsversion: 'TLS1_3',
  clientsslcipher: 'TLS_AES_256_GCM_SHA384',
  srvtlsversion: 'TLS1_3',
  srvsslcipher: 'TLS_AES_256_GCM_SHA384',
} as const;

export const TLS_SESSIONS = [
  { protocol: 'HTTPS', ssldecrypted: 'Yes', ...TLS_13 },
  { protocol: 'HTTPS', ssldecrypted: 'No', ...TLS_13 },
  { protocol: 'HTTPS', ssldecrypted: 'Yes', ...TLS_13 },
  {
    protocol: 'HTTPS',
    ssldecrypted: 'Yes',
    clienttlsversion: 'TLS1_2',
    clientsslcipher: 'ECDHE-RSA-AES256-GCM-SHA384',
    srvtlsversion: 'TLS1_2',
    srvsslcipher: 'ECDHE-RSA-AES128-GCM-SHA256',
  },
  {
    protocol: 'HTTP',
    ssldecrypted: 'No',
    clienttlsversion: 'None',
    clientsslcipher: 'None',
    srvtlsversion: 'None',
    srvsslcipher: 'None',
  },
] as const;

export const MEDIA = [
  { contenttype: 'application/json', filetype: 'None', fileclass: 'None', unscannabletype: 'None' },
  { contenttype: 'text/html', filetype: 'None', fileclass: 'None', unscannabletype: 'None' },
  {
    contenttype: 'application/javascript',
    filetype: 'JavaScript',
    fileclass: 'Active Web Contents',
    unscannabletype: 'None',
  },
  { contenttype: 'image/png', filetype: 'PNG Image', fileclass: 'Image', unscannabletype: 'None' },
  { contenttype: 'image/jpeg', filetype: 'JPEG Image', fileclass: 'Image', unscannabletype: 'None' },
  { contenttype: 'text/css', filetype: 'None', fileclass: 'None', unscannabletype: 'None' },
  { contenttype: 'font/woff2', filetype: 'None', fileclass: 'None', unscannabletype: 'None' },
  {
    contenttype: 'application/octet-stream',
    filetype: 'None',
    fileclass: 'None',
    unscannabletype: 'Undetectable File',
  },
  { contenttype: 'video/mp4', filetype: 'MP4 Video', fileclass: 'Video', unscannabletype: 'None' },
  { contenttype: 'application/zip', filetype: 'ZIP', fileclass: 'Archive Formats', unscannabletype: 'Encrypted File' },
  { contenttype: 'application/pdf', filetype: 'PDF Document', fileclass: 'Office Documents', unscannabletype: 'None' },
] as const;
