/** English: what is safe to read and to measure, and what is not. */

export const enSafety = {
  title: 'Safety',
  intro:
    'What these pages know of you, what others can see, and what to think of before you measure. Nobody can promise that there is no risk.',
  sections: [
    {
      title: 'If you read',
      paragraphs: [
        'These pages set no cookie, load nothing from other servers and work without scripts. Aiqyn keeps no record of who reads. Whoever runs this server, or a proxy in front of it, could.',
        'Your network can see that you visit this server, though not which page, if the address begins with https. If even the visit should not be seen, use Tor Browser or a VPN that you trust.',
        'If your browser warns of a certificate, do not go on. Do not install a “national security certificate” or any other root certificate that somebody asks for: whoever holds it can read what you send.',
        'A mirror or a printed page of what is here says the same. What matters is the address of the incident: it can be checked.',
      ],
    },
    {
      title: 'If you measure',
      paragraphs: [
        'Your operator can see that your line asks the same addresses again and again. By default these are only what everybody uses. Opposition, circumvention and other sensitive sites are measured only where a plan names each of them; think first what that could mean for you.',
        'The address of your line is never stored, sent on or published. Your operator, the kind of access and at the finest your city are, and nothing else. These pages round times to five minutes and never name a single vantage. In a small town on a small network that can still point to few people: then name the region.',
        'What an agent sends is signed, encrypted, and looks like ordinary web traffic. It can go through Tor or another SOCKS5 proxy.',
        'The machine itself holds what it measured and the key of the vantage. Encrypt its disk. If it is lost or taken, tell whoever runs the collector: the key is then revoked.',
        'Measure on a line that is yours, or ask first. Do not log in anywhere, and do not measure where being found out would put you or others in danger. Others may be able to measure the same from a safer place.',
      ],
    },
    {
      title: 'What Aiqyn never does',
      paragraphs: [
        'It does not log in, post, or send anything about a person. It installs no certificate. It keeps of a page its length, title and a hash, not the page, unless whoever runs it asks for more.',
        'It asks no machine of others beyond what any browser would, but for the few probes from outside, which are explained on a page of their own.',
      ],
    },
  ],
  probes: 'About the probes from outside',
};
