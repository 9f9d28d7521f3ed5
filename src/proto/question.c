/* Questions for UDP services, one row for each port. */
#include "proto/question.h"

#include <string.h>

#define BYTES(text) text, sizeof(text) - 1

static const struct {
	uint16_t port;
	const char *protocol;
	const char *bytes;
	size_t len;
	size_t padded; /* with zeros, to this length */
} questions[] = {
	/* RFC 1035: the name servers of the root. */
	{53, "DNS", BYTES("\x68\x73\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01"),
	 0},
	/* RFC 1833 (and RFC 5531): procedure 0 of the port mapper, version 2. */
	{111, "RPC",
	 BYTES("hsrp\0\0\0\0\0\0\0\2\0\1\x86\xa0\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
	 0},
	/* RFC 5905: version 4, client. */
	{123, "NTP", BYTES("\x23"), 48},
	/* RFC 1002, 4.2.17: the names that the host has. */
	{137, "NetBIOS",
	 BYTES("hs\0\0\0\1\0\0\0\0\0\0\x20"
	       "CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0\0\x21\0\1"),
	 0},
	/* RFC 1157: GetRequest, community public, sysDescr.0. */
	{161, "SNMP",
	 BYTES("\x30\x26\x02\x01\x00\x04\x06public\xa0\x19\x02\x01\x01\x02\x01\x00\x02\x01\x00\x30"
	       "\x0e\x30\x0c\x06\x08\x2b\x06\x01\x02"
	       "\x01\x01\x01\x00\x05\x00"),
	 0},
	/* RFC 9000, 6: a version that there is none of; the answer is a list of those that there
	   are. */
	{443, "QUIC", BYTES("\xc0\x0a\x0a\x0a\x0a\x08handset0\x08handset1"), 1200},
	{8443, "QUIC", BYTES("\xc0\x0a\x0a\x0a\x0a\x08handset0\x08handset1"), 1200},
	{853, "QUIC", BYTES("\xc0\x0a\x0a\x0a\x0a\x08handset0\x08handset1"), 1200},
	/* RFC 7296, 2.5: version 3, which is answered by INVALID_MAJOR_VERSION. */
	{500, "IKE", BYTES("handset1\0\0\0\0\0\0\0\0\x21\x30\x22\x08\0\0\0\0\0\0\0\x1c"), 0},
	{4500, "IKE", BYTES("\0\0\0\0handset1\0\0\0\0\0\0\0\0\x21\x30\x22\x08\0\0\0\0\0\0\0\x1c"),
	 0},
	/* DMTF ASF 2.0, 3.2.4.2: presence ping. */
	{623, "IPMI", BYTES("\x06\x00\xff\x06\x00\x00\x11\xbe\x80\x00\x00\x00"), 0},
	/* A hard reset of a client, version 2. */
	{1194, "OpenVPN", BYTES("\x38handset1\0\0\0\0\0"), 0},
	/* MC-SQLR: which instances there are. */
	{1434, "MS SQL", BYTES("\x02"), 0},
	/* UPnP Device Architecture 1.1, 1.3.2. */
	{1900, "SSDP",
	 BYTES("M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: "
	       "1\r\nST: ssdp:all\r\n\r\n"),
	 0},
	/* RFC 5531: procedure 0 of NFS, version 3. */
	{2049, "NFS",
	 BYTES("hsrp\0\0\0\0\0\0\0\2\0\1\x86\xa3\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
	 0},
	/* RFC 8489: Binding request. */
	{3478, "STUN", BYTES("\x00\x01\x00\x00\x21\x12\xa4\x42handset-stun"), 0},
	/* RFC 3261, 11: OPTIONS. */
	{5060, "SIP",
	 BYTES("OPTIONS sip:handset SIP/2.0\r\nVia: SIP/2.0/UDP "
	       "handset.invalid;branch=z9hG4bKhandset;rport\r\nMax-Forwards: 70\r\n"
	       "To: <sip:handset@handset.invalid>\r\nFrom: "
	       "<sip:handset@handset.invalid>;tag=handset\r\nCall-ID: "
	       "handset\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"),
	 0},
	/* RFC 6886, 3.2: the external address. */
	{5351, "NAT-PMP", BYTES("\0\0"), 0},
	/* RFC 6763, 9, with the answer to this host alone (RFC 6762, 5.4). */
	{5353, "mDNS",
	 BYTES("\0\0\0\0\0\1\0\0\0\0\0\0\x09_services\x07_dns-sd\x04_udp\x05local\0\0\x0c\x80\x01"),
	 0},
	/* RFC 4795: the same form as DNS. */
	{5355, "LLMNR", BYTES("\x68\x73\0\0\0\1\0\0\0\0\0\0\x07handset\0\0\1\0\1"), 0},
	/* RFC 7252, 4.3: an empty confirmable message, which is answered by Reset. */
	{5683, "CoAP", BYTES("\x40\x00hs"), 0},
	/* memcached, protocol.txt: a frame of one datagram, and the version. */
	{11211, "memcached", BYTES("hs\0\0\0\1\0\0version\r\n"), 0},
	/* Valve's server queries: A2S_INFO. */
	{27015, "Source", BYTES("\xff\xff\xff\xffTSource Engine Query\0"), 0},
};

void question_for(struct question *question, uint16_t port)
{
	*question = (struct question){.bytes = "\n", .len = 1};
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		if (questions[i].port != port)
			continue;
		question->protocol = questions[i].protocol;
		memcpy(question->bytes, questions[i].bytes, questions[i].len);
		question->len = questions[i].padded ? questions[i].padded : questions[i].len;
	}
}
