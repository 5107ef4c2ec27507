#include "wire/dcerpc.h"

#define HEAD_LEN 16

#define FLAG_FIRST 0x01u
#define FLAG_LAST 0x02u
#define FLAG_NOT_EXECUTED 0x20u
#define DREP 0x10u /* little-endian, ASCII */

/* 4b324fc8-1670-01d3-1278-5a47bf6ee188, version 3.0: the Server service. */
static const uint8_t srvsvc[20] = { 0xC8, 0x4F, 0x32, 0x4B, 0x70, 0x16, 0xD3,
	                            0x01, 0x12, 0x78, 0x5A, 0x47, 0xBF, 0x6E,
	                            0xE1, 0x88, 3,    0,    0,    0 };

/* 8a885d04-1ceb-11c9-9fe8-08002b104860, version 2: NDR. */
static const uint8_t ndr[20] = { 0x04, 0x5D, 0x88, 0x8A, 0xEB, 0x1C, 0xC9,
	                         0x11, 0x9F, 0xE8, 0x08, 0x00, 0x2B, 0x10,
	                         0x48, 0x60, 2,    0,    0,    0 };

static void
put_head(struct buf *b, enum dcerpc_type type, size_t body_len, uint32_t call_id)
{
	buf_u8(b, 5);
	buf_u8(b, 0);
	buf_u8(b, (uint8_t)type);
	buf_u8(b, FLAG_FIRST | FLAG_LAST);
	buf_le32(b, DREP);
	buf_le16(b, (uint16_t)(HEAD_LEN + body_len));
	buf_le16(b, 0); /* no authentication */
	buf_le32(b, call_id);
}

void
dcerpc_bind_write(struct buf *b, uint32_t call_id)
{
	put_head(b, DCERPC_BIND, 56, call_id);
	buf_le16(b, DCERPC_SIZE_MOST);
	buf_le16(b, DCERPC_SIZE_MOST);
	buf_le32(b, 0); /* association group */
	buf_le32(b, 1); /* contexts */
	buf_le16(b, 0); /* this one's id */
	buf_le16(b, 1); /* transfer syntaxes */
	buf_put(b, srvsvc, sizeof srvsvc);
	buf_put(b, ndr, sizeof ndr);
}

void
dcerpc_request_write(struct buf *b, uint32_t call_id, uint16_t opnum, struct span stub)
{
	put_head(b, DCERPC_REQUEST, 8 + stub.left, call_id);
	buf_le32(b, (uint32_t)stub.left);
	buf_le16(b, 0); /* context */
	buf_le16(b, opnum);
	buf_put(b, stub.at, stub.left);
}

/* One fragment. */
struct fragment {
	uint8_t type;
	uint8_t flags;
	struct span body;
};

static enum heard
odd(struct dcerpc_answer *out, enum reason reason)
{
	out->reason = reason;
	return HEARD_ODD;
}

/* Cuts the next fragment off. */
static enum heard
read_fragment(struct span *s, uint32_t call_id, struct fragment *f,
              struct dcerpc_answer *out)
{
	uint8_t version = span_u8(s);
	uint8_t minor = span_u8(s);
	f->type = span_u8(s);
	f->flags = span_u8(s);
	uint32_t drep = span_le32(s);
	uint16_t len = span_le16(s);
	uint16_t auth_len = span_le16(s);
	uint32_t call = span_le32(s);
	if (s->bad)
		return HEARD_SHORT;
	if (version != 5 || minor > 1)
		return odd(out, REASON_RPC_PROTOCOL);
	if ((drep & 0xF0) != DREP)
		return odd(out, REASON_DREP);
	if (len < HEAD_LEN || auth_len != 0 || call != call_id)
		return odd(out, REASON_RPC_PROTOCOL);
	if (f->flags & FLAG_NOT_EXECUTED)
		f->type = DCERPC_FAULT;
	f->body = span_cut(s, len - HEAD_LEN);
	return s->bad ? HEARD_SHORT : HEARD;
}

static bool
read_bind_ack(struct span s, struct dcerpc_answer *out)
{
	(void)span_cut(&s, 8); /* sizes, association group */
	size_t address_len = span_le16(&s);
	struct span address = span_cut(&s, address_len);
	(void)span_cut(&s, (4 - (8 + 2 + address_len) % 4) % 4);
	uint8_t results = span_u8(&s);
	(void)span_cut(&s, 3);
	uint16_t result = span_le16(&s);
	out->secondary_address = said_from_oem(address);
	out->accepted = results >= 1 && result == 0;
	return !s.bad;
}

/* What answers in one piece: everything but a response. */
static bool
read_single(struct span s, struct dcerpc_answer *out)
{
	switch (out->type) {
	case DCERPC_BIND_ACK: return read_bind_ack(s, out);
	case DCERPC_BIND_NAK: out->fault = span_le16(&s); return !s.bad;
	case DCERPC_FAULT:
		(void)span_cut(&s, 8);
		out->fault = span_le32(&s);
		return !s.bad;
	default: return false;
	}
}

/* Adds a fragment's part of the stub. */
static bool
add_stub(struct span body, struct dcerpc_answer *out)
{
	(void)span_cut(&body, 8); /* hint, context, cancel count */
	if (body.bad)
		return false;
	if (out->stub_len < sizeof out->stub)
		(void)span_copy(body, out->stub + out->stub_len,
		                sizeof out->stub - out->stub_len);
	out->stub_len += body.left;
	return true;
}

enum heard
dcerpc_answer_read(struct span bytes, uint32_t call_id, struct dcerpc_answer *out)
{
	struct fragment f = { 0 };
	bool first = true;

	*out = (struct dcerpc_answer){ 0 };
	do {
		enum heard heard = read_fragment(&bytes, call_id, &f, out);

		if (heard != HEARD)
			return heard;
		if (first != (bool)(f.flags & FLAG_FIRST))
			return odd(out, REASON_RPC_PROTOCOL);
		if (!first && f.type != DCERPC_RESPONSE)
			return odd(out, REASON_RPC_PROTOCOL);
		out->type = (enum dcerpc_type)f.type;
		bool good = out->type == DCERPC_RESPONSE ? add_stub(f.body, out)
		                                         : read_single(f.body, out);
		if (!good)
			return odd(out, REASON_RPC_PROTOCOL);
		first = false;
	} while (out->type == DCERPC_RESPONSE && !(f.flags & FLAG_LAST));
	return HEARD;
}
