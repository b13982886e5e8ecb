/** Word lists for the Zscaler records. Names of people, companies and addresses are invented or reserved for documentation. */

const list = (text: string): readonly string[] => text.split(',').map((word) => word.trim());

export const FIRST_NAMES = list(`
  Ada, Amara, Anders, Beatriz, Carlos, Chen, Clara, Daniel, Dmitri, Elena, Emeka, Fatima, Felix, Grace, Hana, Hugo,
  Ingrid, Ivan, Jamal, Joana, Kenji, Laila, Lars, Lucia, Marco, Mei, Nadia, Noah, Olga, Omar, Paula, Priya, Quentin,
  Rafael, Rosa, Samir, Sofia, Tomas, Ursula, Victor, Wei, Yara, Yusuf, Zoe
`);

export const LAST_NAMES = list(`
  Abebe, Almeida, Andersson, Bakker, Becker, Castillo, Chowdhury, Cohen, Costa, Dubois, Eriksen, Fischer, Fontaine,
  Garcia, Gupta, Haddad, Hansen, Ito, Ivanova, Jansen, Kaur, Keller, Kim, Kowalski, Lindqvist, Lopez, Mbeki, Moreau,
  Nakamura, Nguyen, Novak, Okafor, Oliveira, Petrov, Quinn, Rahman, Romano, Santos, Schmidt, Silva, Singh, Tanaka,
  Torres, Usman, Varga, Weber, Wong, Yilmaz, Zhang, Zimmer
`);

export const DEPARTMENTS = list(`
  Sales EMEA, Sales Americas, Engineering, Finance, Human Resources, Legal, Marketing, Operations, Customer Support,
  Research, IT Security, Threat Team
`);

export const CITIES = list(`
  Amsterdam HQ, Austin, Bangalore, Berlin, Chicago, Dublin, Frankfurt, London, Madrid, New York, Paris,
  Remote Users, San Jose, Singapore, Sydney, Tokyo, Toronto, Warsaw
`);

export const SITE_WORDS = list(`
  acorn, atlas, beacon, birch, bright, cloud, cobalt, copper, delta, ember, fjord, forge, glade, harbor, iris, jade,
  juniper, kestrel, lumen, maple, meadow, nimbus, north, ocean, onyx, orbit, pine, pixel, quartz, raven, river,
  sable, signal, spark, summit, tidal, umber, vector, willow, zephyr
`);

export const TOP_LEVEL_DOMAINS = list(`
  example, example.com, example.net, example.org, test
`);

export const PATH_WORDS = list(`
  api, v1, v2, assets, account, articles, browse, collect, config, content, dashboard, download, embed, events,
  fonts, graphql, health, images, index.html, js, login, messages, metrics, pixel.gif, profile, search, session,
  status, sync, telemetry, thumbs, upload, users
`);
