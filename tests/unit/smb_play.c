#include "smb_play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "wire/smb1.h"
#include "wire/smb1_sign.h"

#define MID_AT (SMB1_HEAD + 30)
#define COMMAND_AT (SMB1_HEAD + 4)

static char
letter_of(uint8_t command)
{
	static const char letters[256] = {
		[SMB1_NEGOTIATE] = 'N',
		[SMB1_SESSION_SETUP] = 'S',
		[SMB1_TREE_CONNECT] = 'T',
		[SMB1_CREATE] = 'C',
		[SMB1_TRANSACTION] = 'X',
		[SMB1_WRITE] = 'W',
		[SMB1_READ] = 'R',
		[SMB1_CLOSE] = 'c',
		[SMB1_TREE_DISCONNECT] = 't',
		[SMB1_LOGOFF] = 'l',
	};

	return letters[command] ? letters[command] : '?';
}

static void
note(struct smb_play *p, char letter)
{
	size_t len = strlen(p->said);

	assert_true(len + 1 < sizeof p->said);
	p->said[len] = letter;
}

/* Takes what the talk has to say, which must be whole messages. */
static void
listen_to(struct smb_play *p)
{
	struct span out = buf_span(&p->talk.out);

	while (out.left > 0) {
		struct span ahead = out;
		bool is_smb = span_u8(&ahead) == 0;
		(void)span_u8(&ahead);
		uint16_t len = span_be16(&ahead);
		struct span message = span_cut(&out, 4u + len);

		assert_false(message.bad);
		p->last_len = span_copy(message, p->last, sizeof p->last);
		note(p, is_smb ? letter_of(p->last[COMMAND_AT]) : 'B');
	}
	buf_clear(&p->talk.out);
	if (p->talk.after == AFTER_PAUSE) {
		assert_int_equal(p->talk.pause_ms, 200);
		note(p, '.');
		(void)talk_resume(&p->talk);
		listen_to(p);
	}
}

/* With the signature that the answer to the last message must have. */
static void
sign(const struct smb_play *p, struct buf *b)
{
	const struct smb_story *story = &p->story;

	if (p->signs && story->at.signing)
		smb1_sign(b, 0, span_of(story->at.mac_key, story->at.mac_key_len),
		          story->at.sequence - 1);
}

void
play_bytes(struct smb_play *p, const uint8_t *at, size_t len)
{
	for (size_t i = 0; p->drip && i < len; i++)
		(void)talk_feed(&p->talk, span_of(at + i, 1));
	if (!p->drip)
		(void)talk_feed(&p->talk, span_of(at, len));
	listen_to(p);
}

/* A bare answer to the last message: a status and `words` words, all zero. */
static void
hear_bare(struct smb_play *p, uint32_t status, uint16_t flags2, uint16_t written)
{
	uint8_t words = written ? 6 : 0;
	struct buf b;

	buf_init(&b, 256);
	buf_be32(&b, 35u + 2u * words);
	buf_put(&b, "\xFFSMB", 4);
	buf_u8(&b, p->last[COMMAND_AT]);
	buf_le32(&b, status);
	buf_u8(&b, 0x98);
	buf_le16(&b, flags2);
	buf_zero(&b, 14);
	buf_le16(&b, SMB1_PID);
	buf_le16(&b, 0x0800);
	buf_put(&b, p->last + MID_AT, 2);
	buf_u8(&b, words);
	if (words) {
		buf_zero(&b, 4);
		buf_le16(&b, written);
		buf_zero(&b, 6);
	}
	buf_le16(&b, 0);
	sign(p, &b);
	play_bytes(p, b.at, b.len);
	buf_free(&b);
}

static void
hear_file(struct smb_play *p, const char *name, bool half)
{
	char file[80];
	struct buf b;

	snprintf(file, sizeof file, "resp-%s", name);
	struct hex h = hex_file(file);
	if (h.len == 0)
		fail_msg("no %s.hex", file);
	if (h.len > MID_AT + 2)
		memcpy(h.at + MID_AT, p->last + MID_AT, 2);
	buf_init(&b, sizeof h.at);
	buf_put(&b, h.at, h.len);
	sign(p, &b);
	play_bytes(p, b.at, half ? b.len / 2 : b.len);
	buf_free(&b);
}

static uint16_t
le16_at(const struct smb_play *p, size_t at)
{
	return (uint16_t)(p->last[at] | p->last[at + 1] << 8);
}

static void
do_word(struct smb_play *p, const char *word)
{
	char *end;
	unsigned long status = strtoul(word, &end, 16);

	if (strcmp(word, "quiet") == 0) {
		(void)talk_quiet(&p->talk);
		listen_to(p);
	} else if (strcmp(word, "closed") == 0) {
		(void)talk_closed(&p->talk);
		listen_to(p);
	} else if (strcmp(word, "ok") == 0) {
		hear_bare(p, 0, SMB1_FLAGS2, 0);
	} else if (strcmp(word, "written") == 0) {
		hear_bare(p, 0, SMB1_FLAGS2, le16_at(p, SMB1_HEAD + 33 + 20));
	} else if (strncmp(word, "dos:", 4) == 0) {
		hear_bare(p, (uint32_t)strtoul(word + 4, NULL, 16), SMB1_LONG_NAMES, 0);
	} else if (strncmp(word, "half:", 5) == 0) {
		hear_file(p, word + 5, true);
	} else if (strncmp(word, "raw:", 4) == 0) {
		struct hex h = hex_file(word + 4);
		play_bytes(p, h.at, h.len);
	} else if (strlen(word) == 8 && *end == 0) {
		hear_bare(p, (uint32_t)status, SMB1_FLAGS2, 0);
	} else {
		hear_file(p, word, false);
	}
}

void
play_start(struct smb_play *p, enum smb_login login)
{
	bool drip = p->drip;
	bool signs = p->signs;
	bool netbios = p->ask.netbios;

	*p = (struct smb_play){ .drip = drip, .signs = signs };
	p->ask = (struct smb_ask){ .login = login,
		                   .netbios = netbios,
		                   .called = "*SMBSERVER",
		                   .server = "192.0.2.10",
		                   .account = &p->account };
	p->account = (struct smb_account){ "User", "Domain", "Password" };
	smb_talk_init(&p->talk, &p->story, &p->ask);
	(void)talk_begin(&p->talk);
	listen_to(p);
}

void
play(struct smb_play *p, const char *line)
{
	while (*line) {
		char word[64];
		size_t len = strcspn(line, " ");

		snprintf(word, sizeof word, "%.*s", (int)len, line);
		do_word(p, word);
		line += len;
		line += strspn(line, " ");
	}
}

void
play_stop(struct smb_play *p)
{
	talk_free(&p->talk);
	smb_story_free(&p->story);
}

void
play_all(struct smb_play *p, enum smb_login login, const char *line)
{
	play_start(p, login);
	play(p, line);
}

void
play_end(struct smb_play *p, const char *reason, const char *stage, const char *said)
{
	const struct smb_heard *h = &p->story.heard;

	assert_string_equal(reason_id(h->reason), reason);
	assert_string_equal(h->stage ? h->stage : "", stage);
	assert_string_equal(p->said, said);
	play_stop(p);
}
