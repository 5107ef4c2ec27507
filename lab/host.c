#include "lab/host.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "lab/dice.h"

static const struct flavour xp = {
	.native_os = "Windows 5.1",
	.native_lm = "Windows 2000 LAN Manager",
	.major = 5,
	.minor = 1,
	.build = 2600,
	.tells_version = true,
	.pipe_prefix = "\\PIPE\\",
};

static const struct flavour w2000 = {
	.native_os = "Windows 5.0",
	.native_lm = "Windows 2000 LAN Manager",
	.major = 5,
	.minor = 0,
	.build = 2195,
	.pipe_prefix = "\\PIPE\\",
};

static const struct flavour w2003 = {
	.native_os = "Windows Server 2003 3790 Service Pack 2",
	.native_lm = "Windows Server 2003 5.2",
	.major = 5,
	.minor = 2,
	.build = 3790,
	.tells_version = true,
	.pipe_prefix = "\\PIPE\\",
};

static const struct flavour vista = {
	.native_os = "Windows Vista (TM) Business 6001 Service Pack 1",
	.native_lm = "Windows Vista (TM) Business 6.0",
	.major = 6,
	.minor = 0,
	.build = 6001,
	.tells_version = true,
	.smb2_dialect = 0x0202,
	.pipe_prefix = "\\PIPE\\",
};

static const struct flavour seven = {
	.native_os = "Windows 7 Professional 7601 Service Pack 1",
	.native_lm = "Windows 7 Professional 6.1",
	.major = 6,
	.minor = 1,
	.build = 7601,
	.tells_version = true,
	.smb2_dialect = 0x0210,
	.pipe_prefix = "\\PIPE\\",
};

static const struct flavour ten = {
	.native_os = "Windows 10 Pro 19045",
	.native_lm = "Windows 10 Pro 6.3",
	.major = 10,
	.minor = 0,
	.build = 19045,
	.tells_version = true,
	.smb2_dialect = 0x0311,
	.pipe_prefix = "\\PIPE\\",
};

static const struct flavour samba = {
	.native_os = "Windows 6.1",
	.native_lm = "Samba 4.17.12-Debian",
	.major = 6,
	.minor = 1,
	.build = 0,
	.tells_version = true,
	.smb2_dialect = 0x0311,
	.pipe_prefix = "\\pipe\\",
};

/* What stands in an old network, about as often as it stands here. */
static const struct flavour *const windows[] = {
	&xp, &xp, &xp, &xp, &w2000, &w2003, &w2003, &vista, &seven,
};

static const char *const workplaces[] = {
	"WARD",  "PRESS", "XRAY",  "DESK",  "LAB",   "TILL",
	"STORE", "NURSE", "LATHE", "SCALE", "FRONT", "PLANT",
};

static const char *const groups[] = { "WORKGROUP", "CLINIC", "WORKS", "OFFICE" };

static const int16_t zones[] = { -60, -60, -60, 0, 300, -540 };

#define PICK(list, draw) ((list)[(draw) % (sizeof(list) / sizeof((list)[0]))])

static uint64_t
number_of(const struct address *a)
{
	uint64_t n = a->family;
	size_t len = a->family == 4 ? 4 : 16;

	for (size_t i = 0; i < len; i++)
		n = dice_mix(n << 8 ^ n >> 56 ^ a->bytes[i]);
	return n;
}

static const struct share *
draw_share(const struct mix *mix, uint64_t dice)
{
	uint64_t at = dice % mix->weight;
	const struct share *share = mix->shares;

	while (at >= share->weight)
		at -= share++->weight;
	return share;
}

static const struct flavour *
draw_flavour(const struct kind *kind, uint64_t dice)
{
	if (kind->quirks & QUIRK_SAMBA)
		return &samba;
	if (kind->quirks & QUIRK_SMB1_CLOSES)
		return &ten;
	return PICK(windows, dice);
}

/* WARD-3, PRESS-12: unlike each other in a block of 65,536 addresses. */
static void
name_host(struct host *host, uint64_t dice)
{
	const uint8_t *b = host->address.bytes;
	size_t last = host->address.family == 4 ? 3 : 15;
	const char *word = PICK(workplaces, dice);

	if (host->flavour == &samba)
		word = "NAS";
	else if (host->flavour == &w2003)
		word = "SERVER";
	snprintf(host->name, sizeof host->name, "%s-%u", word,
	         (unsigned)(b[last - 1] << 8 | b[last]));
}

static enum peer
draw_peer(const struct draw *draw, const struct share *share, const struct host *host)
{
	/* one whose kind hides what it is goes on hiding it */
	bool infected = !host->kind->state &&
	                strcmp(answer_state(host->answer), "infected") == 0;

	if (host->address.family != 4)
		return PEER_NONE; /* the worm knows no IPv6 */
	if (share->peer == PEER_NONE && draw->p2p && infected)
		return PEER_VALID;
	return share->peer;
}

bool
host_draw(const struct draw *draw, const struct address *at, struct host *out)
{
	uint64_t state = dice_mix(draw->seed) ^ number_of(at);

	/* 53 bits: what a double holds exactly */
	if ((double)(dice_next(&state) >> 11) * 0x1p-53 >= draw->respond)
		return false;
	*out = (struct host){ .address = *at };
	const struct share *share = draw_share(draw->mix, dice_next(&state));
	uint64_t either = dice_next(&state);
	out->kind = share->kind;
	out->answer = share->kind->answer;
	if (out->answer == ANSWER_EITHER)
		out->answer = either & 1 ? ANSWER_INFECTED_OLD : ANSWER_CLEAN;
	out->flavour = draw_flavour(out->kind, dice_next(&state));
	out->stale = dice_next(&state) & 1;
	const char *group = PICK(groups, dice_next(&state));
	(void)text_copy(out->group, sizeof out->group, group);
	out->in_domain = strcmp(group, groups[0]) != 0;
	out->zone_minutes = PICK(zones, dice_next(&state));
	name_host(out, dice_next(&state));
	out->dice = dice_next(&state);
	out->peer = draw_peer(draw, share, out);
	return true;
}

const char *
host_state(const struct host *host)
{
	const char *smb = host->kind->state ? host->kind->state
	                                    : answer_state(host->answer);

	if (host->peer == PEER_VALID)
		return "infected";
	if (host->peer == PEER_BAD_SUM && strcmp(smb, "infected") != 0)
		return "suspect";
	return smb;
}
