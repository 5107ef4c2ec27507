/*
 * Layouts: C706 chapter 12, [MS-SRVS] 3.1.4.30.  Which codes a clean and an
 * infected Windows returns: Leder & Werner, "Know Your Enemy: Containing
 * Conficker", 2009, and what the scanners of that spring relied on.
 */
#include "lab/rpc.h"

#include <string.h>

#include "lab/smb1.h"

#define PDU_REQUEST 0
#define PDU_RESPONSE 2
#define PDU_FAULT 3
#define PDU_BIND 11
#define PDU_BIND_ACK 12
#define FLAG_FIRST 1
#define FLAG_LAST 2
#define HEAD_LEN 16
#define FRAG_LEN_AT 8

#define OP_CANONICALIZE 31
#define FAULT_NO_OPERATION 0x1C010002u
#define FAULT_NO_INTERFACE 0x1C010003u
#define FAULT_PROTOCOL 0x1C01000Bu
#define FAULT_BAD_STUB 0x000006F7u

#define CODE_NOT_SUPPORTED 0x32u
#define CODE_INVALID_PARAMETER 0x57u
#define CODE_INVALID_NAME 0x7Bu
#define CODE_BUFFER_TOO_SMALL 0x84Bu

#define TRANSFER_MOST 4280
#define CONTEXTS_MOST 4 /* Windows clients offer up to three */
#define STUB_MOST 32

struct pdu {
	uint8_t type;
	uint32_t call;
	struct span body;
};

static const uint8_t srvsvc[20] = {
	/* with its version, 3.0 */
	0xC8, 0x4F, 0x32, 0x4B, 0x70, 0x16, 0xD3, 0x01, 0x12, 0x78,
	0x5A, 0x47, 0xBF, 0x6E, 0xE1, 0x88, 3,    0,    0,    0,
};

static const uint8_t ndr[20] = {
	/* with its version, 2 */
	0x04, 0x5D, 0x88, 0x8A, 0xEB, 0x1C, 0xC9, 0x11, 0x9F, 0xE8,
	0x08, 0x00, 0x2B, 0x10, 0x48, 0x60, 2,    0,    0,    0,
};

static bool
read_pdu(struct span s, struct pdu *out)
{
	uint8_t version = span_u8(&s);
	(void)span_u8(&s); /* minor version */
	out->type = span_u8(&s);
	(void)span_u8(&s); /* flags: all that our callers send is one fragment */
	uint32_t drep = span_le32(&s);
	uint16_t len = span_le16(&s);
	uint16_t auth = span_le16(&s);
	out->call = span_le32(&s);
	if (s.bad || version != 5 || drep != 0x10 || auth != 0 || len < HEAD_LEN)
		return false;
	out->body = span_cut(&s, len - HEAD_LEN);
	return !out->body.bad;
}

/* A buffer on the pipe's own room: it never allocates. */
static struct buf
pipe_buf(struct piped *piped)
{
	return (struct buf){ .at = piped->bytes,
		             .room = sizeof piped->bytes,
		             .ceiling = sizeof piped->bytes };
}

static size_t
pdu_begin(struct buf *b, uint8_t type, uint8_t flags, uint32_t call)
{
	size_t at = b->len;

	buf_u8(b, 5);
	buf_u8(b, 0);
	buf_u8(b, type);
	buf_u8(b, flags);
	buf_le32(b, 0x10); /* little-endian, ASCII, IEEE */
	buf_le16(b, 0);
	buf_le16(b, 0);
	buf_le32(b, call);
	return at;
}

static void
pdu_end(struct buf *b, size_t at)
{
	buf_patch_le16(b, at + FRAG_LEN_AT, (uint16_t)(b->len - at));
}

static void
piped_set(struct piped *piped, const struct buf *b)
{
	piped->len = (uint16_t)b->len;
	piped->at = 0;
	piped->message_end = piped->len;
}

static void
put_fault(struct piped *piped, uint32_t call, uint32_t status)
{
	struct buf b = pipe_buf(piped);
	size_t at = pdu_begin(&b, PDU_FAULT, FLAG_FIRST | FLAG_LAST, call);

	buf_le32(&b, 32);
	buf_le32(&b, 0); /* context, cancel count */
	buf_le32(&b, status);
	buf_le32(&b, 0);
	pdu_end(&b, at);
	piped_set(piped, &b);
}

/* Does this service live behind this pipe? */
static bool
offers(const struct exchange *x, struct span interface)
{
	bool own_process = host_has(x->host, QUIRK_SAMBA) ||
	                   x->host->flavour->major >= 6;

	if (host_has(x->host, QUIRK_BIND_REFUSED))
		return false;
	if (x->session->pipe == PIPE_WKSSVC && own_process)
		return false;
	return span_is(interface, srvsvc, sizeof srvsvc);
}

static void
put_secondary_address(struct buf *b, const struct exchange *x, size_t pdu_at)
{
	const char *prefix = x->host->flavour->pipe_prefix;
	const char *name = pipe_names[x->session->pipe];

	buf_le16(b, (uint16_t)(strlen(prefix) + strlen(name) + 1));
	buf_text(b, prefix);
	buf_text(b, name);
	buf_u8(b, 0);
	while ((b->len - pdu_at) % 4 != 0)
		buf_u8(b, 0);
}

/* Accepts the first context with our interface, rejects the others. */
static void
put_bind_ack(struct exchange *x, const struct pdu *pdu)
{
	struct span s = pdu->body;
	struct buf b = pipe_buf(&x->session->piped);
	size_t at = pdu_begin(&b, PDU_BIND_ACK, FLAG_FIRST | FLAG_LAST, pdu->call);

	(void)span_cut(&s, 8); /* fragment sizes, association group */
	unsigned contexts = span_u8(&s);
	(void)span_cut(&s, 3);
	buf_le16(&b, TRANSFER_MOST);
	buf_le16(&b, TRANSFER_MOST);
	buf_le32(&b, 0x5D3E);
	put_secondary_address(&b, x, at);
	if (contexts > CONTEXTS_MOST)
		contexts = CONTEXTS_MOST;
	buf_le32(&b, contexts);
	for (unsigned i = 0; i < contexts; i++) {
		(void)span_le16(&s); /* context id */
		uint16_t syntaxes = span_le16(&s);
		struct span interface = span_cut(&s, 20);
		struct span transfer = span_cut(&s, 20);
		(void)span_cut(&s, syntaxes > 1 ? 20u * (syntaxes - 1u) : 0);
		bool yes = !x->session->bound && offers(x, interface) &&
		           span_is(transfer, ndr, sizeof ndr);
		buf_le32(&b, yes ? 0 : 0x00010002); /* provider: not this interface */
		if (yes)
			buf_put(&b, ndr, sizeof ndr);
		else
			buf_zero(&b, sizeof ndr);
		x->session->bound |= yes;
	}
	pdu_end(&b, at);
	piped_set(&x->session->piped, &b);
}

/* A conformant varying string; what is left of `s` begins at the next 4 bytes. */
static struct span
read_string(struct span *s, size_t stub_len)
{
	(void)span_le32(s); /* most */
	(void)span_le32(s); /* offset */
	uint32_t units = span_le32(s);
	struct span text = span_cut(s, 2 * (size_t)units);
	(void)span_cut(s, (4 - (stub_len - s->left) % 4) % 4);
	return text;
}

/* The question: is this the path with the step upwards in it? */
static bool
read_question(struct span stub, bool *upwards)
{
	static const uint8_t step[] = { '\\', 0, '.', 0, '.', 0, '\\', 0 };
	struct span s = stub;

	if (span_le32(&s) != 0)
		(void)read_string(&s, stub.left); /* server name */
	struct span path = read_string(&s, stub.left);
	uint32_t room = span_le32(&s);
	(void)read_string(&s, stub.left); /* prefix */
	(void)span_le32(&s);              /* path type */
	(void)span_le32(&s);              /* flags */
	*upwards = span_find(path, step, sizeof step) != SIZE_MAX;
	return !s.bad && room == 2;
}

static uint32_t
code_of(const struct host *host, bool upwards)
{
	switch (host->answer) {
	case ANSWER_CLEAN: return upwards ? CODE_INVALID_NAME : CODE_BUFFER_TOO_SMALL;
	case ANSWER_CLEAN_7B: return CODE_INVALID_NAME;
	case ANSWER_UNPATCHED: return upwards ? 0 : CODE_BUFFER_TOO_SMALL;
	case ANSWER_INFECTED_OLD:
		if (upwards)
			return CODE_INVALID_PARAMETER;
		return host->dice & 1 ? CODE_BUFFER_TOO_SMALL : CODE_INVALID_NAME;
	case ANSWER_INFECTED_NEW:
	case ANSWER_INFECTED_BARE:
	case ANSWER_INFECTED_ZERO: return upwards ? CODE_INVALID_NAME : 0;
	case ANSWER_BOTH_57: return CODE_INVALID_PARAMETER;
	default: return upwards ? CODE_NOT_SUPPORTED : CODE_BUFFER_TOO_SMALL;
	}
}

/* Two bytes that the bind's answer left in the buffer: the E\ of \PIPE\. */
static bool
is_stale(const struct host *host)
{
	if (host->answer == ANSWER_INFECTED_NEW)
		return true; /* nmap knows these by it */
	if (host->answer == ANSWER_INFECTED_BARE ||
	    host->answer == ANSWER_INFECTED_ZERO)
		return false;
	return host->stale;
}

static size_t
make_stub(const struct host *host, bool upwards, uint8_t stub[STUB_MOST])
{
	/* what a well-known honeypot says, whatever it is asked */
	static const uint8_t emulated[24] = { 1, [8] = 2, [16] = 2, [20] = 0x5C };
	uint32_t code = code_of(host, upwards);
	bool wrote = !upwards && (host->answer == ANSWER_INFECTED_NEW ||
	                          host->answer == ANSWER_INFECTED_BARE);

	if (host->answer == ANSWER_EMULATOR) {
		memcpy(stub, emulated, sizeof emulated);
		return sizeof emulated;
	}
	memset(stub, 0, 16);
	stub[0] = 2; /* bytes of the buffer */
	stub[4] = wrote ? 0x5C : 0;
	stub[6] = is_stale(host) ? 0x45 : 0;
	stub[7] = is_stale(host) ? 0x5C : 0;
	stub[8] = 1; /* path type, as it came */
	stub[12] = (uint8_t)code;
	stub[13] = (uint8_t)(code >> 8);
	return 16;
}

/* Puts a response, whole or in two fragments. */
static void
put_response(struct exchange *x, uint32_t call, struct span stub)
{
	struct piped *piped = &x->session->piped;
	struct buf b = pipe_buf(piped);
	bool split = host_has(x->host, QUIRK_FRAGMENTS);
	size_t first_len = split ? stub.left / 2 : stub.left;
	size_t first_end = 0;

	for (int flags = FLAG_FIRST; stub.left > 0; flags = 0) {
		size_t hint = stub.left;
		struct span part = span_cut(&stub, flags ? first_len : stub.left);
		if (stub.left == 0)
			flags |= FLAG_LAST;
		size_t at = pdu_begin(&b, PDU_RESPONSE, (uint8_t)flags, call);
		buf_le32(&b, (uint32_t)hint);
		buf_le32(&b, 0); /* context, cancel count */
		buf_put(&b, part.at, part.left);
		pdu_end(&b, at);
		if (first_end == 0)
			first_end = b.len;
	}
	piped_set(piped, &b);
	if (split && fragments_of(x->host) == FRAGMENTS_TWO_READS)
		piped->message_end = (uint16_t)first_end;
}

static enum then
answer_request(struct exchange *x, const struct pdu *pdu)
{
	static const uint32_t faults[] = { 5, FAULT_BAD_STUB, FAULT_PROTOCOL,
		                           0x1C00001A };
	struct piped *piped = &x->session->piped;
	struct span s = pdu->body;
	uint8_t stub[STUB_MOST];
	bool upwards = false;

	(void)span_le32(&s); /* allocation hint */
	(void)span_le16(&s); /* context */
	uint16_t operation = span_le16(&s);
	if (!x->session->bound) {
		put_fault(piped, pdu->call, FAULT_NO_INTERFACE);
	} else if (operation != OP_CANONICALIZE || x->host->answer == ANSWER_ABSENT) {
		put_fault(piped, pdu->call, FAULT_NO_OPERATION);
	} else if (!read_question(s, &upwards)) {
		put_fault(piped, pdu->call, FAULT_BAD_STUB);
	} else if (x->host->answer == ANSWER_FAULT) {
		put_fault(piped, pdu->call, faults[x->host->dice % 4]);
	} else {
		size_t len = make_stub(x->host, upwards, stub);
		put_response(x, pdu->call, span_of(stub, len));
	}
	if (upwards && host_has(x->host, QUIRK_DROP_AT_P2))
		return THEN_CLOSE;
	return THEN_GO_ON;
}

enum then
rpc_answer(struct exchange *x, struct span bytes)
{
	struct pdu pdu = { 0 };

	if (!read_pdu(bytes, &pdu)) {
		put_fault(&x->session->piped, pdu.call, FAULT_PROTOCOL);
		return THEN_GO_ON;
	}
	if (pdu.type == PDU_REQUEST)
		return answer_request(x, &pdu);
	if (pdu.type == PDU_BIND)
		put_bind_ack(x, &pdu);
	else
		put_fault(&x->session->piped, pdu.call, FAULT_PROTOCOL);
	return THEN_GO_ON;
}
